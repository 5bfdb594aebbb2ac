#include "hub/cli/fetch_release.h"

#include "policy/base/status.h"
#include "renkei/v1/release_service.grpc.pb.h"

namespace renkei::hub::cli {

absl::StatusOr<FetchedRelease> FetchRelease(Session& session, uint64_t number) {
  v1::GetReleaseRequest request;
  request.set_number(number);
  FetchedRelease fetched;
  RENKEI_ASSIGN_OR_RETURN(fetched.answer, (session.Call<v1::ReleaseService>(
                                              &v1::ReleaseService::Stub::GetRelease, request)));
  if (!fetched.release.ParseFromString(fetched.answer.release_bytes())) {
    return absl::DataLossError("the hub's release cannot be read");
  }
  return fetched;
}

}  // namespace renkei::hub::cli
