/// Commits a second of the SQLite store, by the number of publishers at work. Each commit is four files of a GUN of its
/// own, durable when it returns. TMPDIR says on which disk.
#include <benchmark/benchmark.h>

#include <atomic>
#include <memory>

#include "server/storage/sql_metadata_store.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace sello;  // NOLINT(google-build-using-namespace): a program of one file

struct Fixture {
    test::TempDir dir;
    SystemClock clock;
    server::SqlMetadataStore store{{.path = dir.path() + "/server.db"}, clock};
    std::atomic<int> serial = 0;
};
std::unique_ptr<Fixture> fixture;

void set_up(const benchmark::State& /*state*/) { fixture = std::make_unique<Fixture>(); }
void tear_down(const benchmark::State& /*state*/) { fixture.reset(); }

void commit(benchmark::State& state) {
    const auto bytes = std::make_shared<const Bytes>(1200, 'x');
    const std::string checksum(64, 'a');
    for (auto _ : state) {
        const tuf::Gun gun("bench/" + std::to_string(fixture->serial++));
        std::vector<server::NewMetadata> files;
        for (const auto& role : {tuf::root_role(), tuf::targets_role(), tuf::snapshot_role(), tuf::timestamp_role()})
            files.push_back({role, tuf::Version(1), bytes, checksum});
        fixture->store.commit(gun, files);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(commit)->Setup(set_up)->Teardown(tear_down)->Threads(1)->Threads(4)->Threads(16)->UseRealTime();

void latest(benchmark::State& state) {
    const tuf::Gun gun("bench/gun");
    if (state.thread_index() == 0)
        fixture->store.commit(gun, {{tuf::timestamp_role(), tuf::Version(1), std::make_shared<const Bytes>(500, 'x'),
                                     std::string(64, 'a')}});
    for (auto _ : state) benchmark::DoNotOptimize(fixture->store.latest_all(gun));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(latest)->Setup(set_up)->Teardown(tear_down)->Threads(1)->Threads(4)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
