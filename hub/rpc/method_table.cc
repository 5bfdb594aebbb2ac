#include "hub/rpc/method_table.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace renkei::hub::rpc {
namespace {

constexpr uint32_t kAgent = Bit(v1::ROLE_MEMBER_AGENT);
constexpr uint32_t kSecretariat = Bit(v1::ROLE_SECRETARIAT);
constexpr uint32_t kAuditor = Bit(v1::ROLE_AUDITOR);
constexpr uint32_t kOperator = Bit(v1::ROLE_OPERATOR);
constexpr uint32_t kReaders = kAgent | kSecretariat | kAuditor;

constexpr size_t kSmall = 64 * 1024;
// A text of at most 64 KiB in its envelope.
constexpr size_t kSigned = kSmall + 4 * 1024;
constexpr size_t kLarge = 1024 * 1024;
constexpr absl::Duration kCall = absl::Seconds(60);
constexpr absl::Duration kCompute = absl::Minutes(10);

using S = ScopeRule;
using R = RateClass;
using A = AuditType;
using L = Listener;

constexpr MethodRule kRules[] = {
    {"renkei.v1.EnrolmentService.Enrol", 0, S::kNone, kSmall, kCall, R::kWrite, A::kAct,
     L::kEnrolment},
    {"renkei.v1.AgreementService.ProposeAgreement", kAgent | kSecretariat, S::kOwnMemberOrArea,
     kSigned, kCall, R::kWrite, A::kAct, L::kMutual},
    {"renkei.v1.AgreementService.SignAgreement", kAgent | kSecretariat, S::kOwnMemberOrArea,
     kSigned, kCall, R::kWrite, A::kAct, L::kMutual},
    {"renkei.v1.AgreementService.WithdrawAgreement", kAgent | kSecretariat, S::kOwnMemberOrArea,
     kSmall, kCall, R::kWrite, A::kAct, L::kMutual},
    {"renkei.v1.AgreementService.ListAgreements", kAgent | kSecretariat, S::kOwnMemberOrArea,
     kSmall, kCall, R::kRead, A::kNone, L::kMutual},
    {"renkei.v1.PolicyService.ProposePolicy", kSecretariat, S::kNone, kSigned, kCall, R::kWrite,
     A::kAct, L::kMutual},
    {"renkei.v1.PolicyService.ApprovePolicy", kSecretariat, S::kNone, kSigned, kCall, R::kWrite,
     A::kAct, L::kMutual},
    {"renkei.v1.PolicyService.ListPolicies", kSecretariat | kAuditor, S::kNone, kSmall, kCall,
     R::kRead, A::kNone, L::kMutual},
    {"renkei.v1.PolicyService.CheckPolicy", kSecretariat | kAuditor, S::kOwnMemberOrArea, kSigned,
     kCall, R::kRead, A::kNone, L::kMutual},
    {"renkei.v1.RoundService.OpenRound", kSecretariat, S::kOwnArea, kSmall, kCall, R::kWrite,
     A::kAct, L::kMutual},
    {"renkei.v1.RoundService.CloseRound", kSecretariat, S::kOwnArea, kSmall, kCall, R::kWrite,
     A::kAct, L::kMutual},
    {"renkei.v1.RoundService.ListRounds", kReaders, S::kOwnMemberOrArea, kSmall, kCall, R::kRead,
     A::kNone, L::kMutual},
    {"renkei.v1.RoundService.GetRound", kReaders, S::kOwnMemberOrArea, kSmall, kCall, R::kRead,
     A::kNone, L::kMutual},
    {"renkei.v1.ContributionService.SubmitContribution", kAgent, S::kOwnMember, kLarge, kCall,
     R::kWrite, A::kAct, L::kMutual},
    {"renkei.v1.ContributionService.GetSubmission", kAgent, S::kOwnMember, kSmall, kCall, R::kRead,
     A::kNone, L::kMutual},
    {"renkei.v1.IndicatorService.QueryIndicators", kReaders, S::kOwnMemberOrArea, kSmall, kCall,
     R::kRead, A::kNone, L::kMutual},
    {"renkei.v1.IndicatorService.QueryRegion", kReaders, S::kOwnMemberOrArea, kSmall, kCall,
     R::kRead, A::kNone, L::kMutual},
    {"renkei.v1.IndicatorService.ListIndicators", kReaders, S::kNone, kSmall, kCall, R::kRead,
     A::kNone, L::kMutual},
    {"renkei.v1.ReleaseService.MakeRelease", kSecretariat, S::kOwnArea, kSmall, kCompute, R::kWrite,
     A::kAct, L::kMutual},
    {"renkei.v1.ReleaseService.CheckRelease", kSecretariat, S::kOwnArea, kSmall, kCompute,
     R::kWrite, A::kAct, L::kMutual},
    {"renkei.v1.ReleaseService.MakeGrouping", kSecretariat, S::kOwnArea, kSmall, kCompute,
     R::kWrite, A::kAct, L::kMutual},
    {"renkei.v1.ReleaseService.ListReleases", kReaders, S::kOwnMemberOrArea, kSmall, kCall,
     R::kRead, A::kNone, L::kMutual},
    {"renkei.v1.ReleaseService.GetRelease", kReaders, S::kOwnMemberOrArea, kSmall, kCall, R::kRead,
     A::kNone, L::kMutual},
    {"renkei.v1.AuditService.ListEntries", kSecretariat | kAuditor, S::kOwnMemberOrArea, kSmall,
     kCall, R::kRead, A::kNone, L::kMutual},
    {"renkei.v1.AdminService.InviteMember", kOperator, S::kNone, kSmall, kCall, R::kWrite, A::kAct,
     L::kMutual},
    {"renkei.v1.AdminService.ListMembers", kOperator, S::kNone, kSmall, kCall, R::kRead, A::kNone,
     L::kMutual},
    {"renkei.v1.AdminService.RevokeMember", kOperator, S::kNone, kSmall, kCall, R::kWrite, A::kAct,
     L::kMutual},
    {"renkei.v1.AdminService.IssueIdentity", kOperator, S::kNone, kSmall, kCall, R::kWrite, A::kAct,
     L::kMutual},
};

}  // namespace

std::span<const MethodRule> MethodRules() { return kRules; }

const MethodRule* FindMethodRule(absl::string_view full_name) {
  const auto* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&](const MethodRule& row) { return row.method == full_name; });
  return rule == std::end(kRules) ? nullptr : rule;
}

int MaxRequestBytes(Listener listener) {
  size_t most = 0;
  for (const MethodRule& rule : kRules) {
    if (rule.listener == listener) most = std::max(most, rule.max_request_bytes);
  }
  return static_cast<int>(most);
}

absl::Status CheckMethodTable(const std::vector<std::string>& services) {
  std::set<std::string> served;
  for (const std::string& name : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) {
      return absl::InternalError(absl::StrCat("method table: no service ", name));
    }
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string& method = service->method(i)->full_name();
      if (FindMethodRule(method) == nullptr) {
        return absl::InternalError(absl::StrCat("method table: no row for ", method));
      }
      served.insert(method);
    }
  }
  std::set<absl::string_view> rows;
  for (const MethodRule& rule : kRules) {
    if (served.count(std::string(rule.method)) == 0 || !rows.insert(rule.method).second) {
      return absl::InternalError(absl::StrCat("method table: the row ", rule.method,
                                              " fits no served method, or is twice"));
    }
    if ((rule.roles == 0) != (rule.listener == Listener::kEnrolment)) {
      return absl::InternalError(
          absl::StrCat("method table: ", rule.method, " needs a role, or the enrolment listener"));
    }
  }
  return absl::OkStatus();
}

}  // namespace renkei::hub::rpc
