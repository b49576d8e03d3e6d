#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tuf/authoring/repository_editor.h"
#include "tuf/base/instant.h"
#include "tuf/metadata/targets.h"

namespace sello::client {

/// One staged edit, as Notary's clients write it: {"action","role","type","path","data"}.
struct Change {
    std::string action;  ///< `create`, `update`, `delete`
    std::string role;    ///< a role, or `targets/*`
    std::string type;    ///< `target`, `delegation`, `witness`
    std::string path;    ///< the target's name; empty for the others
    Bytes data;          ///< JSON; empty for none

    [[nodiscard]] static Change add_target(const tuf::RoleName& role, const std::string& name,
                                           const tuf::Target& target);
};

struct StagedChange {
    std::filesystem::path file;
    std::optional<Change> change;  ///< nullopt if the file holds none
};

/// The staged edits of one collection: a folder with a file each, in the order of their names.
class Changelist {
public:
    explicit Changelist(std::filesystem::path folder) : folder_(std::move(folder)) {}

    void stage(const Change& change, const Instant& now);
    [[nodiscard]] std::vector<StagedChange> list() const;
    /// Removes exactly these: what was staged meanwhile stays.
    static void remove(const std::vector<StagedChange>& changes);

private:
    std::filesystem::path folder_;
};

/// Makes the edit. Throws Error if it is none that can be made.
void apply(const Change& change, tuf::RepositoryEditor& editor);

}  // namespace sello::client
