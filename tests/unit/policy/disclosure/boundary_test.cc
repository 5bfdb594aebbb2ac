// The privacy boundary is a type: nothing but the makers compiles.
#include <gtest/gtest.h>

#include <type_traits>

#include "policy/disclosure/protected_table.h"
#include "policy/disclosure/sealed_audit.h"

namespace renkei::policy::disclosure {
namespace {

using Pooling = ProtectedTable<ForPooling>;
using Release = ProtectedTable<ForRelease>;

static_assert(!std::is_default_constructible_v<Pooling>);
static_assert(!std::is_default_constructible_v<Release>);
static_assert(!std::is_constructible_v<Pooling, tables::Cube>);
static_assert(!std::is_constructible_v<Pooling, tables::Cube, crypto::Digest>);
static_assert(!std::is_constructible_v<Release, tables::Cube>);
static_assert(!std::is_constructible_v<Release, std::shared_ptr<const tables::Layout>,
                                       std::vector<ProtectedMeasure>>);
static_assert(!std::is_constructible_v<Release, Pooling>);
static_assert(!std::is_constructible_v<Pooling, Release>);
static_assert(!std::is_convertible_v<Pooling, Release>);
static_assert(!std::is_assignable_v<Release&, Pooling>);
static_assert(!std::is_aggregate_v<Pooling> && !std::is_aggregate_v<Release>);
static_assert(!std::is_invocable_v<decltype(ExactForPooling), tables::Cube>);
static_assert(!std::is_invocable_v<decltype(ExactForPooling), tables::Cube, agreement::Agreement>);
static_assert(
    !std::is_invocable_v<decltype(ExactForPooling), tables::Cube, agreement::SignedAgreement>);
static_assert(!std::is_copy_constructible_v<SealedAudit>);

TEST(ProtectedTable, CanOnlyBeMadeByItsMakers) { SUCCEED() << "checked by the compiler"; }

}  // namespace
}  // namespace renkei::policy::disclosure
