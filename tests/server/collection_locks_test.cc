#include "server/publish/collection_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <optional>
#include <string>

#include "server/handlers/notary_error.h"

namespace sello::server {
namespace {

using namespace std::chrono_literals;

TEST(CollectionLocksTest, RefusesAChangeWhenEnoughOfThemWait) {
    CollectionLocks locks(1);
    const tuf::Gun gun("a/b");
    auto held = std::optional(locks.lock_to_change(gun));
    const auto change = [&] {
        try {
            const auto lock = locks.lock_to_change(gun);
            return std::string("done");
        } catch (const Error& e) {
            EXPECT_EQ(e.fault(), Fault::ResourceExhausted);
            return std::string("refused");
        }
    };
    auto first = std::async(std::launch::async, change);
    auto second = std::async(std::launch::async, change);

    const auto is_ready = [](auto& outcome) { return outcome.wait_for(1ms) == std::future_status::ready; };
    while (!is_ready(first) && !is_ready(second)) continue;
    held.reset();

    EXPECT_THAT((std::array{first.get(), second.get()}), testing::UnorderedElementsAre("done", "refused"));
    EXPECT_EQ(change(), "done");
}

TEST(NotaryErrorTest, ABusyCollectionIsAnsweredAsABusyServer) {
    const auto answer = to_response({}, Error(Fault::ResourceExhausted, "a/b: 8 other changes wait already"));

    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(*answer.body, R"({"errors":[{"code":"UNAVAILABLE","message":"The server is busy. Try again later."}]})"
                            "\n");
}

}  // namespace
}  // namespace sello::server
