// What reading metadata costs: each role's document parsed, decoded, canonicalised and verified, and the steps of it by
// themselves; and signatures counted against thresholds of 1, 3 and 10 keys. One core, processor time, the best of the
// rounds. Prints {"documents":[{"role","entries","bytes","seconds":{STEP:S},"mb_per_second":{STEP:R}}],
// "thresholds":[{"keys","microseconds"}]}; MB are 10^6 bytes of the document.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <functional>
#include <iostream>
#include <limits>
#include <vector>

#include "tests/support/repository_simulator.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/trust/threshold.h"

namespace {

using namespace sello;  // NOLINT(google-build-using-namespace): a program of one file

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The shortest run of at least five, for as long as `least_seconds`.
double best_of(double least_seconds, const std::function<void()>& work) {
    constexpr int least_runs = 5;
    double best = std::numeric_limits<double>::max();
    const double start = processor_seconds();
    for (int runs = 0; runs < least_runs || processor_seconds() - start < least_seconds; ++runs) {
        const double before = processor_seconds();
        work();
        best = std::min(best, processor_seconds() - before);
    }
    return best;
}

/// A collection whose targets and snapshot have `entries` entries.
test::RepositorySimulator collection(unsigned entries) {
    test::RepositorySimulator repository("registry.example/team/app");
    for (unsigned i = 0; i < entries; ++i) {
        const auto meta = tuf::describe_file(concat("image ", i));
        repository.targets.targets.emplace(
            concat("v", i / 1000, ".", i % 1000),
            tuf::Target{1000 + meta.length.value_or(0), {{"sha256", meta.hashes.at("sha256")}}, std::nullopt});
        repository.snapshot.meta.emplace(concat("targets/release-", i), meta);
    }
    repository.publish();
    return repository;
}

/// What a client does with the bytes of a role.
void read_role(const test::RepositorySimulator& repository, const std::string& role, Bytes bytes) {
    auto envelope = tuf::parse_envelope(std::move(bytes));
    const auto verify = [&](const auto& file) {
        tuf::require_threshold(file.message, file.signatures, repository.root.role(role), repository.root.keys, role);
    };
    if (role == "root")
        verify(tuf::decode_root(std::move(envelope)));
    else if (role == "targets")
        verify(tuf::decode_targets(std::move(envelope), tuf::targets_role()));
    else if (role == "snapshot")
        verify(tuf::decode_snapshot(std::move(envelope)));
    else if (role == "timestamp")
        verify(tuf::decode_timestamp(std::move(envelope)));
}

tuf::Json measure_role(const test::RepositorySimulator& repository, const std::string& role, unsigned entries,
                       double least_seconds) {
    const Bytes& bytes = repository.files.at(role);
    const auto document = tuf::JsonDocument::parse(bytes);
    std::map<std::string, double> seconds;
    seconds["hash"] = best_of(least_seconds, [&] { (void)tuf::sha256(bytes); });
    seconds["parse"] = best_of(least_seconds, [&] { (void)tuf::JsonDocument::parse(bytes); });
    seconds["canonicalise"] = best_of(least_seconds, [&] { (void)tuf::canonical_json(document.root()); });
    seconds["read"] = best_of(least_seconds, [&] { read_role(repository, role, bytes); });
    tuf::Json rates;
    for (const auto& [step, time] : seconds) rates[step] = static_cast<double>(bytes.size()) / 1e6 / time;
    return {{"role", role},
            {"entries", entries},
            {"bytes", bytes.size()},
            {"seconds", seconds},
            {"mb_per_second", std::move(rates)}};
}

tuf::Json measure_threshold(unsigned keys, double least_seconds) {
    test::RepositorySimulator repository;
    while (repository.keyids("targets").size() < keys) repository.add_key("targets");
    repository.root.roles.at("targets").threshold = keys;
    repository.publish();
    const auto file = tuf::decode_targets(tuf::parse_envelope(repository.files.at("targets")), tuf::targets_role());
    const double time = best_of(least_seconds, [&] {
        tuf::require_threshold(file.message, file.signatures, repository.root.role("targets"), repository.root.keys,
                               "targets");
    });
    return {{"keys", keys}, {"microseconds", time * 1e6}};
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<unsigned> entries{10, 1000, 100'000};
    std::vector<unsigned> keys{1, 3, 10};
    std::vector<std::string> roles{"root", "targets", "snapshot", "timestamp"};
    double least_seconds = 0.5;
    CLI::App app("Measures how fast metadata is read.");
    app.add_option("--entries", entries, "Of targets and snapshot");
    app.add_option("--keys", keys, "Of the thresholds; 0 for none");
    app.add_option("--roles", roles, "Roles to read");
    app.add_option("--seconds", least_seconds, "Of each measurement, at least");
    CLI11_PARSE(app, argc, argv);
    try {
        tuf::Json out{{"documents", tuf::Json::array()}, {"thresholds", tuf::Json::array()}};
        for (const unsigned count : entries) {
            const auto repository = collection(count);
            for (const std::string& role : roles)
                out["documents"].push_back(measure_role(repository, role, count, least_seconds));
        }
        for (const unsigned count : keys)
            if (count > 0) out["thresholds"].push_back(measure_threshold(count, least_seconds));
        std::cout << out.dump(1) << '\n';
        return 0;
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}
