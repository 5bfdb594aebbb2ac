// LD_PRELOAD shim: the n-th file write of a process fails, as a full or broken disk would make it.
//   RENKEI_FAULT_AT=n       1-based number of the failing call; from then on every call fails when
//   RENKEI_FAULT_STICKY=1   (a full disk stays full)
//   RENKEI_FAULT_ERRNO=28   ENOSPC by default
//   RENKEI_FAULT_KILL=1     the process is killed (SIGKILL) before the n-th call instead
//   RENKEI_FAULT_COUNT=path  at exit, write the number of calls seen to this file
// Counts write, pwrite64, fsync, fdatasync and ftruncate64 on regular files only.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;
static long fault_at = -1;
static int sticky, kills, fault_errno = ENOSPC;

__attribute__((constructor)) static void configure(void) {
  const char* at = getenv("RENKEI_FAULT_AT");
  const char* stick = getenv("RENKEI_FAULT_STICKY");
  const char* killing = getenv("RENKEI_FAULT_KILL");
  const char* number = getenv("RENKEI_FAULT_ERRNO");
  if (at) fault_at = atol(at);
  if (stick) sticky = atoi(stick);
  if (killing) kills = atoi(killing);
  if (number) fault_errno = atoi(number);
}

__attribute__((destructor)) static void report(void) {
  const char* path = getenv("RENKEI_FAULT_COUNT");
  if (!path) return;
  fault_at = -1;
  FILE* out = fopen(path, "w");
  if (!out) return;
  fprintf(out, "%ld\n", atomic_load(&calls));
  fclose(out);
}

static int fails(int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  const long n = atomic_fetch_add(&calls, 1) + 1;
  if (fault_at > 0 && (n == fault_at || (sticky && n > fault_at))) {
    if (kills) kill(getpid(), SIGKILL);
    errno = fault_errno;
    return 1;
  }
  return 0;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void* bytes, size_t size) {
  return fails(fd) ? -1 : NEXT(write)(fd, bytes, size);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return fails(fd) ? -1 : NEXT(pwrite)(fd, bytes, size, offset);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  return fails(fd) ? -1 : NEXT(pwrite64)(fd, bytes, size, offset);
}
int fsync(int fd) { return fails(fd) ? -1 : NEXT(fsync)(fd); }
int fdatasync(int fd) { return fails(fd) ? -1 : NEXT(fdatasync)(fd); }
int ftruncate(int fd, off_t size) { return fails(fd) ? -1 : NEXT(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return fails(fd) ? -1 : NEXT(ftruncate64)(fd, size); }
