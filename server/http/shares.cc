#include "server/http/shares.h"

namespace sello::http {

bool Shares::take(const std::string& party, std::size_t amount) {
    const std::scoped_lock lock(mutex_);
    const auto found = used_.find(party);
    const std::size_t used = found == used_.end() ? 0 : found->second;
    if (amount > bound_ || used > bound_ - amount) return false;
    if (amount > 0) used_[party] = used + amount;
    return true;
}

void Shares::give_back(const std::string& party, std::size_t amount) {
    const std::scoped_lock lock(mutex_);
    const auto found = used_.find(party);
    if (found == used_.end()) return;
    found->second -= amount;
    if (found->second == 0) used_.erase(found);
}

bool Shares::spent(const std::string& party) const {
    const std::scoped_lock lock(mutex_);
    const auto found = used_.find(party);
    return found != used_.end() && found->second >= bound_;
}

}  // namespace sello::http
