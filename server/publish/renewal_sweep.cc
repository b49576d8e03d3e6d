#include "server/publish/renewal_sweep.h"

#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::server {

RenewalSweep::RenewalSweep(Collections& collections, MetadataStore& store, const Clock& clock,
                           std::chrono::seconds interval)
    : collections_(collections), store_(store), clock_(clock), interval_(interval), thread_([this] { run(); }) {}

RenewalSweep::~RenewalSweep() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_asked_.notify_all();
    thread_.join();
}

bool RenewalSweep::is_stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

std::size_t RenewalSweep::run_once() {
    constexpr std::size_t page = 100;
    const Instant before{clock_.now().seconds - collections_.renewal_age().count(), 0};
    std::size_t seen = 0;
    std::string after;
    while (!is_stopping()) {
        const auto due = store_.stale_collections(before, after, page);
        for (const tuf::Gun& gun : due) {
            if (is_stopping()) return seen;
            try {
                collections_.renew_if_due(gun);
            } catch (const std::exception& e) {
                log::warning("renewal failed", {{"gun", gun}, {"reason", e.what()}});
            }
            ++seen;
        }
        if (due.size() < page) break;
        after = due.back().str();
    }
    return seen;
}

void RenewalSweep::run() {
    std::unique_lock lock(mutex_);
    while (!stop_asked_.wait_for(lock, interval_, [this] { return stopping_; })) {
        lock.unlock();
        try {
            (void)run_once();
        } catch (const std::exception& e) {
            log::error("renewal sweep failed", {{"reason", e.what()}});
        }
        lock.lock();
    }
}

}  // namespace sello::server
