#include "server/publish/serving_cache.h"

#include <gtest/gtest.h>

namespace sello::server {
namespace {

TEST(ServingCacheTest, IsBoundedAndForgetsWhatWasUsedLeast) {
    ServingCache cache(160'000);
    const auto repository = std::make_shared<Repository>();
    for (int i = 0; i < 2000; ++i) cache.put(tuf::Gun("g" + std::to_string(i)), repository, 100);

    EXPECT_EQ(cache.repository(tuf::Gun("g0")), nullptr);
    EXPECT_EQ(cache.repository(tuf::Gun("g1999")), repository);
}

TEST(ServingCacheTest, OneCollectionAskedForInManyWaysStaysWithinItsBound) {
    ServingCache cache(160'000);
    const tuf::Gun gun("a/b");
    cache.put(gun, std::make_shared<Repository>(), 100);
    const auto answer = std::make_shared<const http::PreparedResponse>(
        http::prepare({200, {}, std::make_shared<const std::string>(1000, 'x')}));
    for (int i = 0; i < 100; ++i) cache.put_answer(gun, std::to_string(i) + ".root.json", answer, false);

    EXPECT_EQ(cache.find("a/b", "0.root.json", 1), nullptr);
    EXPECT_EQ(cache.find("a/b", "99.root.json", 1), answer);
}

TEST(ServingCacheTest, CurrentAnswersEndWithTheirFreshness) {
    ServingCache cache(1U << 20U);
    const tuf::Gun gun("a/b");
    const auto answer = std::make_shared<const http::PreparedResponse>(
        http::prepare({200, {}, std::make_shared<const std::string>("x")}));
    cache.put_answer(gun, "timestamp.json", answer, true);
    EXPECT_EQ(cache.find("a/b", "timestamp.json", 1), nullptr);

    cache.put(gun, std::make_shared<Repository>(), 100);
    cache.put_answer(gun, "timestamp.json", answer, true);
    cache.put_answer(gun, "1.root.json", answer, false);

    EXPECT_EQ(cache.find("a/b", "timestamp.json", 99), answer);
    EXPECT_EQ(cache.find("a/b", "timestamp.json", 100), nullptr);
    EXPECT_EQ(cache.find("a/b", "1.root.json", 100), answer);
    cache.drop(gun);
    EXPECT_EQ(cache.find("a/b", "1.root.json", 1), nullptr);
}

}  // namespace
}  // namespace sello::server
