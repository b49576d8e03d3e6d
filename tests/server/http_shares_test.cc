#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/http/open_files.h"
#include "server/http/peer.h"
#include "server/http/shares.h"
#include "tests/server/http_fixture.h"

namespace sello::http {
namespace {

using test::body_of;
using test::RawClient;
using test::status_of;

constexpr const char* kOther = "127.0.0.2";  // a client address of the loopback too

Peer peer(const std::string& address) { return peer_of({boost::asio::ip::make_address(address), std::uint16_t{443}}); }

TEST(PeerTest, IsNamedByAddressAndPort) {
    EXPECT_EQ(peer("192.0.2.7").remote, "192.0.2.7:443");
    EXPECT_EQ(peer("::ffff:192.0.2.7").remote, "192.0.2.7:443");
    EXPECT_EQ(peer("2001:db8::7").remote, "[2001:db8::7]:443");
}

TEST(PeerTest, SharesGoByIpv4AddressOrIpv6Network) {
    EXPECT_EQ(peer("192.0.2.7").network, peer("::ffff:192.0.2.7").network);
    EXPECT_NE(peer("192.0.2.7").network, peer("192.0.2.8").network);
    EXPECT_EQ(peer("2001:db8:0:1::7").network, peer("2001:db8:0:1:ffff::8").network);
    EXPECT_NE(peer("2001:db8:0:1::7").network, peer("2001:db8:0:2::7").network);
}

TEST(SharesTest, BoundsEachPartyForItself) {
    Shares shares(10);

    EXPECT_TRUE(shares.take("a", 10));
    EXPECT_FALSE(shares.take("a", 1));
    EXPECT_TRUE(shares.take("b", 10));
    EXPECT_TRUE(shares.spent("a"));
    shares.give_back("a", 4);
    EXPECT_FALSE(shares.spent("a"));
    EXPECT_TRUE(shares.take("a", 4));
    EXPECT_FALSE(shares.take("c", 11));
}

TEST(OpenFilesTest, ConnectionsLeaveRoomForOthers) {
    Limits limits;
    limits.connections = 1000;
    limits.connections_per_address = 250;

    EXPECT_EQ(fit_to_open_files(limits, 1064, 64).connections, 1000U);
    EXPECT_EQ(fit_to_open_files(limits, 564, 64).connections, 500U);
    EXPECT_EQ(fit_to_open_files(limits, 564, 64).connections_per_address, 125U);
    EXPECT_EQ(fit_to_open_files(limits, 10, 64).connections, 1U);
    EXPECT_EQ(fit_to_open_files(limits, 10, 64).connections_per_address, 1U);
}

class HttpSharesTest : public HttpServerTest {};

TEST_F(HttpSharesTest, BodiesOfOneAddressLeaveRoomForThoseOfOthers) {
    options_.limits.body_bytes_per_address = 300'000;
    start();
    RawClient first(server_->port());
    first.send(post("/wait", std::string(200'000, 'x')));
    waiting_.get_future().wait();
    RawClient second(server_->port());
    RawClient other(server_->port(), kOther);

    second.send(post("/p", std::string(200'000, 'y')));
    other.send(post("/p", std::string(200'000, 'z')));

    EXPECT_EQ(status_of(second.response()), 503);
    EXPECT_EQ(status_of(other.response()), 200);
    open_gate();
    EXPECT_EQ(status_of(first.response()), 200);
    EXPECT_EQ(status_of(ask(post("/p", std::string(200'000, 'y')))), 200);
}

TEST_F(HttpSharesTest, ABodyOfTheLargestSizeFitsIntoAShareOfThatSize) {
    options_.limits.body_bytes = 1'500'000;
    options_.limits.body_bytes_per_address = 1'500'000;
    start();

    EXPECT_EQ(status_of(ask(post("/p", std::string(1'500'000, 'x')))), 200);
}

TEST_F(HttpSharesTest, ConnectionsOfOneAddressLeaveRoomForThoseOfOthers) {
    options_.limits.connections_per_address = 1;
    start();
    RawClient first(server_->port());
    first.send(get("/wait"));
    waiting_.get_future().wait();

    RawClient second(server_->port());
    RawClient other(server_->port(), kOther);
    other.send(get("/fast"));

    EXPECT_TRUE(second.is_closed());
    EXPECT_EQ(body_of(other.response()), "ready");
}

TEST_F(HttpSharesTest, IdleConnectionsOfAnAddressMakeRoomForItsNext) {
    options_.limits.connections_per_address = 1;
    start();
    RawClient idle(server_->port());
    RawClient refused(server_->port());
    EXPECT_TRUE(refused.is_closed());
    EXPECT_TRUE(idle.is_closed());

    while (server_->open_connections() > 1) std::this_thread::yield();  // one slot is the listener's
    EXPECT_EQ(body_of(ask(get("/fast"))), "ready");
}

/// For as long as it lives, this process can open no more files than it has, but one.
class NoFilesLeft {
public:
    NoFilesLeft() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::rlimit few = before_;
        few.rlim_cur = static_cast<rlim_t>(next) + 1;
        ::setrlimit(RLIMIT_NOFILE, &few);
        ::close(next);
    }
    NoFilesLeft(const NoFilesLeft&) = delete;
    NoFilesLeft& operator=(const NoFilesLeft&) = delete;
    NoFilesLeft(NoFilesLeft&&) = delete;
    NoFilesLeft& operator=(NoFilesLeft&&) = delete;
    ~NoFilesLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    ::rlimit before_{};
};

TEST_F(HttpSharesTest, ClosesIdleConnectionsWhenItMayOpenNoMoreFiles) {
    start();
    RawClient idle(server_->port());
    idle.send(get("/fast"));
    ASSERT_EQ(status_of(idle.response()), 200);
    const NoFilesLeft none;

    RawClient next(server_->port());
    next.send(get("/fast"));

    EXPECT_EQ(status_of(next.response()), 200);
    EXPECT_TRUE(idle.is_closed());
}

TEST_F(HttpSharesTest, MayOpenAsManyFilesAsItsHardLimitSays) {
    ::rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    ::rlimit fewer = files;
    fewer.rlim_cur = files.rlim_max / 2;
    ::setrlimit(RLIMIT_NOFILE, &fewer);
    start();

    ::getrlimit(RLIMIT_NOFILE, &files);

    EXPECT_EQ(files.rlim_cur, files.rlim_max);
}

}  // namespace
}  // namespace sello::http
