// Signatures a second in one process: what pool, cache, gate, hand-over and verification cost beside raw C_Sign.
// One line of JSON a measurement. Argument: seconds for each, 2 unless told.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

#include "hsm/ec_keys.h"
#include "tests/hsm/softhsm_fixture.h"

namespace sello::hsm {
namespace {

using test::SoftHsmStore;
using test::soon;
using test::TokenWithSigner;

/// Runs `work(thread)` over and over on each thread; prints how often a second.
void measure(const char* what, std::size_t threads, double seconds, const std::function<void(std::size_t)>& work) {
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> done = 0;
    std::vector<std::thread> running;
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t t = 0; t < threads; ++t)
        running.emplace_back([&, t] {
            std::uint64_t mine = 0;
            for (; !stop; ++mine) work(t);
            done += mine;
        });
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    stop = true;
    for (std::thread& thread : running) thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("{\"measured\":\"%s\",\"threads\":%zu,\"per_second\":%.0f}\n", what, threads,
                static_cast<double>(done) / took.count());
    (void)std::fflush(stdout);
}

/// Everything but the threads and the verification.
void measure_calls(const SoftHsmStore& store, double seconds) {
    TokenWithSigner on(store);
    const WrappedKey key = on.signer.create(soon());
    const Bytes digest = sha256("message");
    SessionPool pool(on.token, 8);
    VaultSession vault(on.token);
    KeyCache cache(100, [&](const TokenUse& use, ObjectHandle object) { vault.destroy(use, object); });
    const auto load = [&](const TokenUse& use, SessionHandle session) {
        Kek kek(use, session);
        return vault.unwrap(use, kek, key.mechanism, key.blob);
    };
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{8}}) {
        const TokenUse use = on.token.use();
        std::vector<std::unique_ptr<SessionPool::Lease>> leases;
        for (std::size_t t = 0; t < threads; ++t)
            // NOLINTNEXTLINE(modernize-make-unique): a lease is returned in place, it cannot be moved
            leases.push_back(std::unique_ptr<SessionPool::Lease>(new SessionPool::Lease(pool.lease(use, soon()))));
        const ObjectHandle handle = load(use, leases[0]->session());
        measure("raw C_SignInit and C_Sign, session object", threads, seconds,
                [&](std::size_t t) { (void)sign_digest(use, leases[t]->session(), handle, digest); });
        for (auto& lease : leases) lease->keep();
    }
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{8}})
        measure("with pool, cache and gate", threads, seconds, [&](std::size_t) {
            const TokenUse use = on.token.use();
            SessionPool::Lease lease = pool.lease(use, soon());
            const auto pin = cache.get(use, "key", soon(), [&] { return load(use, lease.session()); });
            (void)sign_digest(use, lease.session(), pin.handle(), digest);
            lease.keep();
        });
}

void measure_signer(const SoftHsmStore& store, double seconds) {
    TokenWithSigner on(store);
    const auto key = std::make_shared<const WrappedKey>(on.signer.create(soon()));
    for (const std::size_t callers : {std::size_t{1}, std::size_t{2}, std::size_t{8}})
        measure("signer: handed to its threads, verified", callers, seconds,
                [&](std::size_t) { (void)on.signer.sign(key, "message", soon()); });
    measure("signer: new wrapped key", 1, seconds, [&](std::size_t) { (void)on.signer.create(soon()); });
}

void measure_cold(const SoftHsmStore& store, double seconds) {
    TokenWithSigner on(store, {.sessions = 2, .cached_keys = 1});
    std::vector<std::shared_ptr<const WrappedKey>> keys;
    keys.reserve(8);
    for (int i = 0; i < 8; ++i) keys.push_back(std::make_shared<const WrappedKey>(on.signer.create(soon())));
    std::atomic<std::size_t> turn = 0;
    for (const std::size_t callers : {std::size_t{1}, std::size_t{2}})
        measure("signer: key not in the cache", callers, seconds,
                [&](std::size_t) { (void)on.signer.sign(keys[turn++ % keys.size()], "message", soon()); });
}

}  // namespace
}  // namespace sello::hsm

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::strtod(argv[1], nullptr) : 2.0;
    const sello::test::SoftHsmStore store;
    store.set_up();
    sello::hsm::measure_calls(store, seconds);
    sello::hsm::measure_signer(store, seconds);
    sello::hsm::measure_cold(store, seconds);
}
