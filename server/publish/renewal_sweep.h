#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/publish/collections.h"

namespace sello::server {

/// Renews timestamps and server-held snapshots that nobody asks for, on a thread of its own, so that no client ever
/// meets an expired one while the signer can be reached.
class RenewalSweep {
public:
    RenewalSweep(Collections& collections, MetadataStore& store, const Clock& clock, std::chrono::seconds interval);
    RenewalSweep(const RenewalSweep&) = delete;
    RenewalSweep& operator=(const RenewalSweep&) = delete;
    RenewalSweep(RenewalSweep&&) = delete;
    RenewalSweep& operator=(RenewalSweep&&) = delete;
    /// Waits for the collection being renewed.
    ~RenewalSweep();

    /// One pass over all collections that are due. Returns how many were looked at.
    std::size_t run_once();

private:
    void run();
    [[nodiscard]] bool is_stopping();

    Collections& collections_;
    MetadataStore& store_;
    const Clock& clock_;
    std::chrono::seconds interval_;
    std::mutex mutex_;
    std::condition_variable stop_asked_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace sello::server
