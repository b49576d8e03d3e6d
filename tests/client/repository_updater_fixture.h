#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "client/files.h"
#include "client/tuf/repository_updater.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tuf_simulator.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"

namespace sello::client {

using Names = std::vector<std::string>;

/// Serves what the simulator published, and notes what it is asked for.
class SimulatedRepository final : public Repository {
public:
    explicit SimulatedRepository(const test::TufSimulator& from) : from_(from) {}
    Names requests;
    std::string failing;  ///< the file that cannot be had

    std::optional<Bytes> metadata(const std::string& file_name, std::size_t max_bytes) override {
        requests.push_back(file_name);
        if (file_name == failing) throw Error(Fault::Unavailable, "the server is away");
        for (const auto& [name, bytes] : from_.files) {
            if (name != percent_decode(file_name)) continue;
            if (bytes.size() > max_bytes) throw Error(Fault::TooLarge, "longer than it may be");
            return bytes;
        }
        return std::nullopt;
    }
    bool target(const std::string& path, std::size_t max_bytes, const ByteSink& sink) override {
        requests.push_back(path);
        const auto file = from_.target_files.find(path);
        if (file == from_.target_files.end()) return false;
        for (const char& each : file->second.substr(0, max_bytes)) sink(ByteView(&each, 1));
        if (file->second.size() > max_bytes) throw Error(Fault::TooLarge, "longer than it may be");
        return true;
    }

private:
    const test::TufSimulator& from_;
};

/// A client of a simulated repository, with folders of its own.
struct RepositoryUpdaterTest : testing::Test {
    test::TempDir folder;
    std::filesystem::path metadata_folder = std::filesystem::path(folder.path()) / "metadata";
    std::filesystem::path target_folder = std::filesystem::path(folder.path()) / "targets";
    test::TufSimulator simulator;
    SimulatedRepository repository{simulator};

    RepositoryUpdaterTest() {
        init_repository(MetadataDirectory(metadata_folder), simulator.files["1.root.json"], simulator.now);
    }

    void refresh() {
        const MetadataDirectory directory(metadata_folder);
        repository.requests.clear();
        RepositoryUpdater(directory, repository, simulator.now).refresh();
    }

    std::optional<Bytes> lookup(const std::string& name) {
        const MetadataDirectory directory(metadata_folder);
        RepositoryUpdater updater(directory, repository, simulator.now);
        updater.refresh();
        repository.requests.clear();
        try {
            return read_required(updater.download(updater.find(name), target_folder));
        } catch (const Error& e) {
            if (e.fault() != Fault::NotFound) throw;
            return std::nullopt;
        }
    }

    /// The check that refuses a run; Other if none does.
    tuf::Check refused() {
        try {
            refresh();
        } catch (const tuf::Refusal& refusal) {
            return refusal.details().check;
        } catch (const Error&) {
            return tuf::Check::Other;
        }
        ADD_FAILURE() << "nothing was refused";
        return tuf::Check::Other;
    }

    [[nodiscard]] Names kept() const {
        Names names;
        for (const auto& entry : std::filesystem::directory_iterator(metadata_folder))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
    [[nodiscard]] std::int64_t kept_version(const std::string& role) const {
        const auto bytes = read_file(metadata_folder / (role + ".json"));
        return bytes ? tuf::parse_json(*bytes).at("signed").at("version").get<std::int64_t>() : 0;
    }
};

}  // namespace sello::client
