#include "agents/intake/member_pieces.h"

namespace renkei::agents::intake {

std::optional<ArchiveProblem> MemberPieces::Read(const Archive::Member& member,
                                                 std::string* bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return archive_->Read(member, bytes);
}

bool MemberPieces::Next(MemberPiece* piece) {
  piece->count = 0;
  piece->large = nullptr;
  piece->problem.reset();
  const std::vector<Archive::Member>& members = archive_->documents();
  uint64_t bytes = 0;
  while (!has_failed_ && next_ < members.size() && piece->count < kDocuments) {
    const Archive::Member& member = members[next_];
    if (member.size > kBytes) {
      if (piece->count > 0) break;
      piece->large = &member;
      ++next_;
      return true;
    }
    if (piece->count > 0 && bytes + member.size > kBytes) break;
    if (piece->count == piece->documents.size()) piece->documents.emplace_back();
    MemberPiece::Document& document = piece->documents[piece->count];
    document.member = &member;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      piece->problem = archive_->Fetch(member, &document.fetched);
    }
    ++next_;
    if (piece->problem) {
      has_failed_ = true;
      return true;
    }
    bytes += member.size;
    ++piece->count;
  }
  return piece->count > 0;
}

}  // namespace renkei::agents::intake
