// The client's changelist, applied to a collection: the first byte chooses between a file of it, and a change as
// action, role, type and path, each on a line, and its data.
#include <filesystem>

#include "client/changelist.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/repository_simulator.h"
#include "tests/support/temp_dir.h"

namespace sello::fuzz {
namespace {

/// A collection with one delegation and one target.
tuf::RepositoryEditor make_editor() {
    test::RepositorySimulator repository;
    repository.add_delegation("targets/a", {"a"});
    repository.add_target("latest", "content");
    repository.publish();
    tuf::TrustedMetadata trusted(repository.gun, repository.now);
    trusted.trust_root(repository.files.at("root"));
    trusted.update_timestamp(repository.files.at("timestamp"));
    trusted.update_snapshot(repository.files.at("snapshot"));
    trusted.update_targets(tuf::targets_role(), repository.files.at("targets"));
    trusted.update_targets(tuf::RoleName("targets/a"), repository.files.at("targets/a"));
    return tuf::RepositoryEditor(trusted);
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello;  // NOLINT(google-build-using-namespace): the whole program
    static const test::TempDir folder;
    static const tuf::RepositoryEditor published = fuzz::make_editor();
    fuzz::Input input(data, size);
    std::vector<client::Change> changes;
    if (input.choice(2) == 0) {
        test::write_file(folder.path() + "/1.change", input.rest());
        for (const client::StagedChange& staged : client::Changelist(folder.path()).list())
            if (staged.change) changes.push_back(*staged.change);
    } else {
        client::Change change{input.line(), input.line(), input.line(), input.line(), {}};
        change.data = input.rest();
        changes.push_back(std::move(change));
    }
    (void)fuzz::accepts([&] {
        tuf::RepositoryEditor editor = published;
        for (const client::Change& change : changes) client::apply(change, editor);
    });
    return 0;
}
