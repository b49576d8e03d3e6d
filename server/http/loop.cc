#include "server/http/loop.h"

#include "server/http/session.h"
#include "tuf/base/clock.h"
#include "tuf/base/concat.h"

namespace sello::http {

Loop::Loop(std::chrono::milliseconds tick) : tick_length_(tick) {}

void Loop::remove(Session& session) {
    sessions_.erase(&session);
    if (draining_ && sessions_.empty()) timer_.cancel();  // nothing else keeps run() from returning
}

std::uint64_t Loop::tick_after(std::chrono::milliseconds duration) const {
    return now_ + 1 + static_cast<std::uint64_t>(duration / tick_length_);
}

void Loop::start_ticking() { tick(); }

void Loop::tick() {
    ++now_;
    date_line_ = concat("Date: ", to_http_date(SystemClock().now()), "\r\n");
    for (auto* session : sessions_) session->check_deadline(now_);
    if (!draining_ || !sessions_.empty()) schedule();
}

void Loop::schedule() {
    timer_.expires_after(tick_length_);
    timer_.async_wait([this](const boost::system::error_code& fault) {
        if (!fault) tick();
    });
}

void Loop::drain() {
    draining_ = true;
    for (auto* session : sessions_) session->drain();
    if (sessions_.empty()) timer_.cancel();
}

void Loop::close_idle() {
    for (auto* session : sessions_) session->close_if_idle();
}

void Loop::close_idle_of(const std::string& network) {
    for (auto* session : sessions_)
        if (session->network() == network) session->close_if_idle();
}

void Loop::close_all() {
    for (auto* session : sessions_) session->close();
}

}  // namespace sello::http
