// One document of the national form -> a record: guarded DOM, header, body or course of guidance.
// Works on one document at a time; several readers work side by side, each with reports of its
// own. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "agents/cohort/records.h"
#include "agents/intake/hc08_body.h"
#include "agents/intake/hc08_header.h"
#include "agents/intake/hg08_guidance.h"
#include "agents/intake/import_run.h"
#include "agents/intake/xml_document.h"

namespace renkei::agents::intake {

// The records of some documents, in their order.
class DocumentRecords {
 public:
  void Clear() { count_ = 0; }
  absl::Status PutInto(cohort::RecordSink& sink, ImportReport* report) const;

 private:
  friend class DocumentReader;
  struct Record {
    bool is_guidance = false;
    cohort::ExamRecord exam;
    cohort::GuidanceRecord guidance;
  };
  Record& Next();
  std::vector<Record> records_;  // the first count_ of them; the others are memory to use again
  size_t count_ = 0;
};

class DocumentReader {
 public:
  // `run` outlives the reader; its report and its sink are not used.
  explicit DocumentReader(const ImportRun& run)
      : run_(run), document_(run.options.limits), body_(run.items, run.pairs) {}

  // Counts one file and one record in `report`, all but how it was stored.
  void Read(absl::string_view bytes, const std::string& member, ImportReport* report,
            DocumentRecords* records);

 private:
  bool ReadRecord(absl::string_view bytes, DocumentRecords* records);
  bool ReadGuidance(const Hc08Header& header, const cohort::Person& person,
                    DocumentRecords* records);
  bool Reject(const HeaderRejection& rejection);
  std::string ReadResidence(const Hc08Header& header);
  void Note(MessageCode code, const char* subject, const pugi::xml_node& at);

  const ImportRun& run_;
  XmlDocument document_;
  Hc08Body body_;
  Hg08Guidance guidance_reader_;
  std::string buffer_;
  // Of the document being read.
  ImportReport* report_ = nullptr;
  std::string member_;
};

}  // namespace renkei::agents::intake
