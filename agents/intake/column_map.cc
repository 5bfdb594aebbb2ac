#include "agents/intake/column_map.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agents/intake/text.h"
#include "agents/intake/values.h"
#include "policy/base/status.h"
#include "policy/base/text_proto.h"
#include "policy/catalogue/place.h"
#include "renkei/v1/column_map.pb.h"

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;
using catalogue::ItemColumn;
using MapPlace = catalogue::Place;
using catalogue::ValueState;

constexpr absl::string_view kUrineList = "1.2.392.200119.6.2102";
constexpr int kMostDecimals = 6;

std::optional<FileKind> KindOf(v1::ColumnMap::Kind kind) {
  switch (kind) {
    case v1::ColumnMap::KIND_EXAMS:
      return FileKind::kExams;
    case v1::ColumnMap::KIND_ROSTER:
      return FileKind::kRoster;
    case v1::ColumnMap::KIND_GUIDANCE:
      return FileKind::kGuidance;
    case v1::ColumnMap::KIND_CLAIMS:
      return FileKind::kClaims;
    case v1::ColumnMap::KIND_ABSENCE:
      return FileKind::kAbsence;
    default:
      return std::nullopt;
  }
}

std::optional<ValueState> StateOf(v1::ColumnMap::State state) {
  switch (state) {
    case v1::ColumnMap::STATE_ABSENT:
      return ValueState::kAbsent;
    case v1::ColumnMap::STATE_NOT_DONE:
      return ValueState::kNotDone;
    case v1::ColumnMap::STATE_UNMEASURABLE:
      return ValueState::kUnmeasurable;
    default:
      return std::nullopt;
  }
}

// The order of preference of definitions 3.
int PreferenceOf(v1::ColumnMap::Reading reading) {
  switch (reading) {
    case v1::ColumnMap::READING_OTHER:
      return 1;
    case v1::ColumnMap::READING_SECOND:
      return 2;
    case v1::ColumnMap::READING_FIRST:
      return 3;
    default:
      return 0;
  }
}

bool IsDay(Field field) {
  switch (field) {
    case Field::kBirthDate:
    case Field::kEnrolledFrom:
    case Field::kEnrolledTo:
    case Field::kExamDate:
    case Field::kFirstInterviewDate:
    case Field::kFinalEvaluationDate:
    case Field::kStartDate:
    case Field::kEndDate:
      return true;
    default:
      return false;
  }
}

class MapReader {
 public:
  MapReader(const catalogue::Catalogue& catalogue, v1::MemberKind member_kind)
      : catalogue_(catalogue), member_kind_(member_kind) {}

  absl::StatusOr<ColumnMap> Read(const v1::ColumnMap& map, const MapPlace& top) {
    RENKEI_RETURN_IF_ERROR(ReadFrame(map, top));
    for (int i = 0; i < map.value_map_size(); ++i) {
      const MapPlace at = top.In("value_map", i);
      if (map.value_map(i).name().empty()) return at.Error("a value map needs a name");
      auto& values = value_maps_[map.value_map(i).name()];
      if (!values.empty()) return at.Error("two value maps of this name");
      RENKEI_RETURN_IF_ERROR(ReadValues(map.value_map(i).value(), at, &values));
      if (values.empty()) return at.Error("a value map needs values");
    }
    for (int i = 0; i < map.constant_size(); ++i) {
      RENKEI_RETURN_IF_ERROR(ReadConstant(map.constant(i), top.In("constant", i)));
    }
    for (int i = 0; i < map.column_size(); ++i) {
      RENKEI_RETURN_IF_ERROR(ReadColumn(map.column(i), top.In("column", i)));
    }
    RENKEI_RETURN_IF_ERROR(CheckRequired(top));
    return std::move(out_);
  }

 private:
  using Values = absl::flat_hash_map<std::string, MappedText>;

  absl::Status ReadFrame(const v1::ColumnMap& map, const MapPlace& top) {
    if (map.name().empty()) return top.Error("a map needs a name");
    if (map.source().empty()) return top.Error("a map needs a source: whose layout, which edition");
    const std::optional<FileKind> kind = KindOf(map.kind());
    if (!kind) return top.In("kind").Error("kind is needed: KIND_EXAMS, KIND_ROSTER ...");
    out_.name = map.name();
    out_.kind = *kind;
    if (map.encoding() == v1::ColumnMap::ENCODING_UTF_8) out_.encoding = TextEncoding::kUtf8;
    if (map.encoding() == v1::ColumnMap::ENCODING_CP932) out_.encoding = TextEncoding::kCp932;
    if (map.skip_rows() > 100) return top.In("skip_rows").Error("at most 100 rows above a header");
    out_.skip_rows = map.skip_rows();
    out_.has_header = !map.no_header();
    if (map.no_header() && map.field_count() == 0) {
      return top.In("no_header").Error("without header, field_count is needed");
    }
    out_.field_count = map.field_count();
    return absl::OkStatus();
  }

  template <typename Repeated>
  absl::Status ReadValues(const Repeated& values, const MapPlace& at, Values* out) {
    for (int i = 0; i < values.size(); ++i) {
      const v1::ColumnMap::Value& value = values.Get(i);
      const MapPlace here = at.In("value", i);
      MappedText meaning;
      if (value.has_state()) {
        meaning.state = StateOf(value.state());
        if (!meaning.state) return here.Error("an unknown state");
      } else if (value.has_to()) {
        meaning.text = value.to();
      } else {
        return here.Error("`to` or `state` is needed");
      }
      std::string buffer;
      const absl::string_view from = Fold(value.from(), &buffer);
      if (!out->emplace(std::string(from), std::move(meaning)).second) {
        return here.Error(absl::StrCat("the text \"", value.from(), "\" is mapped twice"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadConstant(const v1::ColumnMap::Constant& constant, const MapPlace& at) {
    const std::optional<Field> field = FindField(constant.target(), out_.kind);
    if (!field) return UnknownTarget(constant.target(), at);
    if (!targets_.insert(constant.target()).second) return DuplicateTarget(constant.target(), at);
    out_.constants.emplace_back(*field, constant.text());
    return absl::OkStatus();
  }

  absl::Status UnknownTarget(absl::string_view target, const MapPlace& at) const {
    return at.In("target").Error(
        absl::StrCat("target \"", target, "\" is no column of ", FileKindName(out_.kind),
                     out_.kind == FileKind::kExams ? " and no item" : "", "; see csv.md"));
  }
  static absl::Status DuplicateTarget(absl::string_view target, const MapPlace& at) {
    return at.In("target").Error(absl::StrCat("target \"", target, "\" is filled twice"));
  }

  absl::Status ReadColumn(const v1::ColumnMap::Column& column, const MapPlace& at) {
    MappedColumn mapped;
    mapped.header = FoldHeader(column.source());
    if (column.position() > 0) mapped.position = column.position() - 1;
    if (out_.has_header && mapped.header.empty() && !mapped.position) {
      return at.Error("source or position is needed");
    }
    if (!out_.has_header && !mapped.position) return at.Error("without header, position is needed");
    if (!out_.has_header && *mapped.position >= out_.field_count) {
      return at.In("position").Error("beyond field_count");
    }
    mapped.target = column.target();
    mapped.field = FindField(column.target(), out_.kind);
    if (!mapped.field && out_.kind == FileKind::kExams) {
      mapped.item = catalogue_.items().ColumnOf(column.target()).value_or(-1);
    }
    if (!mapped.field && mapped.item < 0) return UnknownTarget(column.target(), at);
    mapped.reading = PreferenceOf(column.reading());
    const std::string key = absl::StrCat(column.target(), " ", mapped.reading);
    const bool is_one_of_readings = mapped.reading > 0 && !targets_.contains(column.target());
    if (is_one_of_readings ? !readings_.insert(key).second
                           : !targets_.insert(column.target()).second) {
      return DuplicateTarget(column.target(), at);
    }
    if (mapped.reading == 0 && HasReadings(column.target())) {
      return at.Error("one target has columns with and without reading");
    }
    if (!column.value_map().empty()) {
      const auto found = value_maps_.find(column.value_map());
      if (found == value_maps_.end()) {
        return at.In("value_map").Error(absl::StrCat("no value map \"", column.value_map(), "\""));
      }
      mapped.values = found->second;
    }
    RENKEI_RETURN_IF_ERROR(ReadValues(column.value(), at, &mapped.values));
    RENKEI_RETURN_IF_ERROR(mapped.field ? CheckField(column, at, &mapped)
                                        : CheckItem(column, at, &mapped));
    out_.columns.push_back(std::move(mapped));
    return absl::OkStatus();
  }

  bool HasReadings(absl::string_view target) const {
    return std::any_of(readings_.begin(), readings_.end(), [&](const std::string& key) {
      return absl::string_view(key).substr(0, key.rfind(' ')) == target;
    });
  }

  absl::Status CheckField(const v1::ColumnMap::Column& column, const MapPlace& at,
                          MappedColumn* mapped) const {
    mapped->is_day = IsDay(*mapped->field);
    mapped->has_era_days = column.era_dates();
    if (column.era_dates() && !mapped->is_day) {
      return at.In("era_dates").Error("only for columns of days");
    }
    if (!column.unit().empty() || !column.factor().empty() || !column.list().empty() ||
        column.national_codes() || mapped->reading > 0) {
      return at.Error("unit, factor, list, national_codes and reading are for items");
    }
    for (const auto& [from, meaning] : mapped->values) {
      if (meaning.state && *meaning.state != ValueState::kAbsent) {
        return at.Error("not done and unmeasurable are for items");
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckItem(const v1::ColumnMap::Column& column, const MapPlace& at,
                         MappedColumn* mapped) const {
    const ItemColumn& item = catalogue_.items().columns()[static_cast<size_t>(mapped->item)];
    if (column.era_dates()) return at.In("era_dates").Error("only for columns of days");
    if (mapped->reading > 0 && !IsPaired(item.name)) {
      return at.In("reading").Error("only for columns that are read in pairs (blood pressure)");
    }
    return item.is_coded ? CheckCodes(column, item, at, mapped)
                         : CheckNumber(column, item, at, mapped);
  }

  absl::Status CheckNumber(const v1::ColumnMap::Column& column, const ItemColumn& item,
                           const MapPlace& at, MappedColumn* mapped) const {
    if (!column.list().empty() || column.national_codes()) {
      return at.Error("list and national_codes are for coded items");
    }
    std::string buffer;
    const bool is_equivalent = column.unit().empty() ||
                               catalogue::UnitIsEquivalent(item.unit, column.unit()) ||
                               catalogue::UnitIsEquivalent(item.unit, Fold(column.unit(), &buffer));
    if (column.factor().empty()) {
      if (is_equivalent) return absl::OkStatus();
      return at.In("unit").Error(absl::StrCat("unit \"", column.unit(), "\" is not ", item.unit,
                                              "; state a factor, or leave the column out"));
    }
    const size_t point = column.factor().find('.');
    const int decimals =
        point == std::string::npos ? 0 : static_cast<int>(column.factor().size() - point - 1);
    const std::optional<FixedPoint> factor =
        decimals > kMostDecimals ? std::nullopt : ParseFixedPoint(column.factor(), decimals);
    if (!factor || factor->scaled <= 0 || factor->scaled > 1'000'000'000) {
      return at.In("factor").Error("a decimal number above 0 with at most 6 decimals is needed");
    }
    mapped->factor = factor->scaled;
    mapped->factor_decimals = decimals;
    return absl::OkStatus();
  }

  absl::Status CheckCodes(const v1::ColumnMap::Column& column, const ItemColumn& item,
                          const MapPlace& at, MappedColumn* mapped) const {
    if (!column.unit().empty() || !column.factor().empty()) {
      return at.Error("unit and factor are for numbers");
    }
    mapped->list_oid = column.list();
    if (!column.list().empty() &&
        std::none_of(item.lists.begin(), item.lists.end(),
                     [&](const catalogue::CodeList& list) { return list.oid == column.list(); })) {
      return at.In("list").Error(absl::StrCat(item.name, " has no code list ", column.list()));
    }
    mapped->is_urine = !item.lists.empty() && item.lists.front().oid == kUrineList;
    mapped->only_values = !column.national_codes();
    if (mapped->only_values && mapped->values.empty() && !mapped->is_urine) {
      return at.Error(absl::StrCat("coded item ", item.name,
                                   " needs a value map, or national_codes: true; 0/1 and 1/2 are "
                                   "never guessed"));
    }
    for (const auto& [from, meaning] : mapped->values) {
      if (!meaning.state && !IsCodeOf(item, column.list(), meaning.text)) {
        return at.Error(absl::StrCat("\"", meaning.text, "\" is no code of ", item.name));
      }
    }
    return absl::OkStatus();
  }

  static bool IsCodeOf(const ItemColumn& item, absl::string_view list_oid, absl::string_view text) {
    for (const catalogue::CodeList& list : item.lists) {
      if (!list_oid.empty() && list.oid != list_oid) continue;
      const Judgement judgement = JudgeCode(item, text, list.oid, list.first_period);
      if (judgement.value.state == ValueState::kValid) return true;
    }
    return false;
  }

  bool IsPaired(absl::string_view name) const {
    for (const v1::Pairing& pairing : catalogue_.definitions().pairing()) {
      if (pairing.first() == name || pairing.second() == name) return true;
    }
    return false;
  }

  absl::Status CheckRequired(const MapPlace& top) const {
    std::vector<std::string> names(targets_.begin(), targets_.end());
    const CsvHeader header = ReadHeader(names, out_.kind, catalogue_.items(), member_kind_);
    if (header.missing.empty()) return absl::OkStatus();
    return top.In("column", 0)
        .Error(absl::StrCat("CSV_HEADER: required columns are not mapped: ",
                            absl::StrJoin(header.missing, ", ")));
  }

  const catalogue::Catalogue& catalogue_;
  v1::MemberKind member_kind_;
  ColumnMap out_;
  absl::flat_hash_map<std::string, Values> value_maps_;
  std::set<std::string> targets_;
  std::set<std::string> readings_;
};

}  // namespace

absl::StatusOr<ColumnMap> ParseColumnMap(const std::string& text, const std::string& file_name,
                                         const catalogue::Catalogue& catalogue,
                                         v1::MemberKind member_kind) {
  v1::ColumnMap map;
  RENKEI_RETURN_IF_ERROR(policy::base::ParseTextProto(text, file_name, &map));
  MapPlace::Tree tree;
  google::protobuf::TextFormat::Parser parser;
  parser.WriteLocationsTo(&tree);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  v1::ColumnMap ignored;
  (void)parser.Parse(&input, &ignored);  // ParseTextProto has accepted the same bytes
  return MapReader(catalogue, member_kind)
      .Read(map, MapPlace(file_name, v1::ColumnMap::descriptor(), &tree));
}

}  // namespace renkei::agents::intake
