# Compiler flags and the distribution's libraries, as imported targets.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl REQUIRED)
find_package(gRPC REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(pugixml REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(LIBUTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
find_program(PROTOC protoc REQUIRED)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

set(RENKEI_NOT_FUZZED "")  # for generated and vendored code, which the fuzzer need not see
if(RENKEI_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "RENKEI_FUZZ needs clang: cmake --preset fuzz")
  endif()
  # vptr reads type information that the distribution's libprotobuf does not have for its messages.
  add_compile_options(-O1 -gline-tables-only -fsanitize=fuzzer-no-link,address,undefined
    -fno-sanitize=vptr -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
  set(RENKEI_NOT_FUZZED -fno-sanitize=all -g0)
endif()

add_compile_options(-fno-omit-frame-pointer -fstack-protector-strong)
add_compile_definitions($<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
add_link_options(-Wl,-z,relro,-z,now -Wl,--as-needed)
find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()
if(RENKEI_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
elseif(RENKEI_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(RENKEI_SANITIZER)
  message(FATAL_ERROR "RENKEI_SANITIZER must be address, thread or empty, not '${RENKEI_SANITIZER}'")
endif()

# Our own code only; generated and vendored code does not link this. -Wrestrict of GCC 12 misreads
# std::string concatenation (GCC bug 105651).
add_library(renkei_warnings INTERFACE)
if(NOT RENKEI_FUZZ)  # flags of GCC
  target_compile_options(renkei_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow=local
    -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers
    -Wno-restrict -Werror)
endif()

# std::regex and absl::Status, which GCC 12 misreads as uninitialised once sanitizers are in; for the
# tests that meet it.
add_library(renkei_test_warnings INTERFACE)
if(RENKEI_SANITIZER)
  target_compile_options(renkei_test_warnings INTERFACE -Wno-maybe-uninitialized)
endif()
