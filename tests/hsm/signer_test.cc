#include "hsm/signer.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "hsm/ec_keys.h"
#include "hsm/key_templates.h"
#include "tests/hsm/softhsm_fixture.h"
#include "tuf/base/encoding.h"

namespace sello::hsm {
namespace {

using test::kSoftHsmModule;
using test::SoftHsmStore;
using test::soon;
using test::TokenWithSigner;

Fault fault_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.fault();
    }
    ADD_FAILURE() << "nothing was thrown";
    return Fault::Internal;
}

class SignerTest : public ::testing::Test {
protected:
    SignerTest() { store_.set_up(); }
    [[nodiscard]] static std::shared_ptr<const WrappedKey> create(TokenWithSigner& on) {
        return std::make_shared<const WrappedKey>(on.signer.create(soon()));
    }
    SoftHsmStore store_;
};

TEST_F(SignerTest, SignaturesVerifyWithTheKeysPublicHalf) {
    TokenWithSigner on(store_);
    const auto key = create(on);

    const Bytes signature = on.signer.sign(key, "a message", soon());

    EXPECT_EQ(signature.size(), 64U);
    EXPECT_TRUE(key->public_key.verify(sha256("a message"), signature));
    EXPECT_FALSE(key->public_key.verify(sha256("another message"), signature));
}

TEST_F(SignerTest, SignsTheEmptyMessage) {
    TokenWithSigner on(store_);
    const auto key = create(on);

    EXPECT_TRUE(key->public_key.verify(sha256(""), on.signer.sign(key, "", soon())));
}

TEST_F(SignerTest, KeysSurviveARestart) {
    std::shared_ptr<const WrappedKey> key;
    {
        TokenWithSigner on(store_);
        key = create(on);
    }

    TokenWithSigner on(store_);

    EXPECT_TRUE(key->public_key.verify(sha256("later"), on.signer.sign(key, "later", soon())));
}

TEST_F(SignerTest, KeysAreSensitiveAndDoNotLeaveTheTokenOnceUnwrapped) {
    TokenWithSigner on(store_);
    const auto key = create(on);
    const TokenUse use = on.token.use();
    VaultSession vault(on.token);
    SessionPool pool(on.token, 1);
    SessionPool::Lease lease = pool.lease(use, soon());
    Kek kek(use, lease.session());

    const ObjectHandle handle = vault.unwrap(use, kek, key->mechanism, key->blob);

    for (const auto type : {CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN})
        EXPECT_TRUE(read_flag(use.functions(), lease.session(), handle, type)) << type;
    for (const auto type :
         {CKA_TOKEN, CKA_EXTRACTABLE, CKA_DECRYPT, CKA_UNWRAP, CKA_SIGN_RECOVER, CKA_DERIVE, CKA_NEVER_EXTRACTABLE})
        EXPECT_FALSE(read_flag(use.functions(), lease.session(), handle, type)) << type;
    CK_ATTRIBUTE value{CKA_VALUE, nullptr, 0};
    EXPECT_EQ(use.functions().C_GetAttributeValue(lease.session(), handle, &value, 1), CKR_ATTRIBUTE_SENSITIVE);
    EXPECT_EQ(key->blob.find(key->public_key.spki().substr(27)), Bytes::npos);
}

TEST_F(SignerTest, AUsersOwnKeyCannotWrapASigningKey) {
    TokenWithSigner on(store_);
    const TokenUse use = on.token.use();
    SessionPool pool(on.token, 1);
    SessionPool::Lease lease = pool.lease(use, soon());
    Attributes own;
    own.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES).bytes(CKA_VALUE, Bytes(32, 'k'));
    own.on({CKA_WRAP, CKA_UNWRAP}).off({CKA_TOKEN});
    ObjectHandle users_key = 0;
    check_pkcs11(use.functions().C_CreateObject(lease.session(), own.data(), own.size(), &users_key), "C_CreateObject");

    EXPECT_EQ(fault_of([&] { (void)generate_wrapped(use, lease.session(), users_key, CKM_AES_KEY_WRAP_PAD); }),
              Fault::FailedPrecondition);
}

TEST_F(SignerTest, ADamagedBlobIsDataLoss) {
    TokenWithSigner on(store_);
    auto key = std::make_shared<WrappedKey>(on.signer.create(soon()));
    on.signer.forget(*key, soon());
    key->blob[20] = static_cast<char>(key->blob[20] ^ 1);

    EXPECT_EQ(fault_of([&] { (void)on.signer.sign(key, "m", soon()); }), Fault::DataLoss);
}

TEST_F(SignerTest, ABlobOfAnotherKeyIsDataLoss) {
    TokenWithSigner on(store_);
    auto key = std::make_shared<WrappedKey>(on.signer.create(soon()));
    on.signer.forget(*key, soon());
    key->blob = on.signer.create(soon()).blob;

    EXPECT_EQ(fault_of([&] { (void)on.signer.sign(key, "m", soon()); }), Fault::DataLoss);
}

TEST_F(SignerTest, AKeyOfAnotherWrappingKeyIsRefused) {
    TokenWithSigner on(store_);
    auto key = std::make_shared<WrappedKey>(on.signer.create(soon()));
    key->kek_id = "another";

    EXPECT_EQ(fault_of([&] { (void)on.signer.sign(key, "m", soon()); }), Fault::FailedPrecondition);
}

TEST_F(SignerTest, StartIsRefusedWithoutAWrappingKey) {
    {
        Module module(kSoftHsmModule);
        Token token(module, store_.token_settings());
        test::run_command(concat("pkcs11-tool --module ", kSoftHsmModule,
                                 " --token-label sello --login --login-type so --so-pin 2846-officer",
                                 " --delete-object --type secrkey --label sello-kek"));
    }

    EXPECT_EQ(fault_of([&] { const TokenWithSigner on(store_); }), Fault::FailedPrecondition);
}

TEST_F(SignerTest, TokenHoldsNothingButTheWrappingKey) {
    TokenWithSigner on(store_);
    for (int i = 0; i < 5; ++i) (void)create(on);

    const std::string listing = test::run_command(
        concat("pkcs11-tool --module ", kSoftHsmModule, " --token-label sello --login --pin 7391-user --list-objects"));

    EXPECT_THAT(listing, ::testing::HasSubstr("sello-kek"));
    EXPECT_THAT(listing, ::testing::Not(::testing::HasSubstr("Private Key Object")));
    EXPECT_THAT(listing, ::testing::Not(::testing::HasSubstr("Public Key Object")));
}

TEST_F(SignerTest, KeysBeyondTheCacheStillSign) {
    TokenWithSigner on(store_, {.sessions = 2, .cached_keys = 3});
    std::vector<std::shared_ptr<const WrappedKey>> keys;
    keys.reserve(8);
    for (int i = 0; i < 8; ++i) keys.push_back(create(on));

    for (int round = 0; round < 2; ++round)
        for (const auto& key : keys) EXPECT_TRUE(key->public_key.verify(sha256("m"), on.signer.sign(key, "m", soon())));
    EXPECT_LE(on.signer.cached_keys(), 3U);
}

TEST_F(SignerTest, RecoversWhenAllSessionsAreKilled) {
    TokenWithSigner on(store_);
    const auto key = create(on);
    (void)on.signer.sign(key, "before", soon());

    (void)on.module.functions().C_CloseAllSessions(on.token.use().slot());

    EXPECT_TRUE(key->public_key.verify(sha256("after"), on.signer.sign(key, "after", soon())));
}

TEST_F(SignerTest, RecoversWhenTheLibraryLosesItsState) {
    TokenWithSigner on(store_);
    const auto key = create(on);
    (void)on.signer.sign(key, "before", soon());

    (void)on.module.functions().C_Finalize(nullptr);

    EXPECT_TRUE(key->public_key.verify(sha256("after"), on.signer.sign(key, "after", soon())));
}

TEST_F(SignerTest, WaitsOutAnAbsenceOfTheTokenWithinTheDeadline) {
    TokenWithSigner on(store_);
    const auto key = create(on);
    const std::string tokens = store_.folder() + "/tokens";
    std::filesystem::rename(tokens, tokens + "-away");
    (void)on.module.functions().C_Finalize(nullptr);

    auto signature = std::async(std::launch::async, [&] { return on.signer.sign(key, "m", soon()); });
    while (on.token.state() != TokenState::Down) std::this_thread::yield();
    EXPECT_FALSE(on.signer.is_ready());
    std::filesystem::rename(tokens + "-away", tokens);

    EXPECT_TRUE(key->public_key.verify(sha256("m"), signature.get()));
    EXPECT_TRUE(on.signer.is_ready());
}

TEST_F(SignerTest, IsUnavailableWhenTheTokenStaysAway) {
    TokenWithSigner on(store_);
    const auto key = create(on);
    const std::string tokens = store_.folder() + "/tokens";
    std::filesystem::rename(tokens, tokens + "-away");
    (void)on.module.functions().C_Finalize(nullptr);

    EXPECT_EQ(fault_of([&] { (void)on.signer.sign(key, "m", deadline_in(std::chrono::milliseconds(400))); }),
              Fault::Unavailable);
}

TEST_F(SignerTest, EightThreadsSignCorrectlyWhileSessionsDie) {
    TokenWithSigner on(store_, {.sessions = 4, .cached_keys = 5});
    std::vector<std::shared_ptr<const WrappedKey>> keys;
    keys.reserve(10);
    for (int i = 0; i < 10; ++i) keys.push_back(create(on));
    std::atomic<int> wrong = 0;
    std::atomic<int> failed = 0;
    std::atomic<bool> done = false;
    // SoftHSM does not survive sessions that are closed under a running C_Sign, so they die between calls. The
    // turnstile keeps new callers out while the killer waits for those inside.
    std::mutex turnstile;
    std::shared_mutex in_module;
    std::thread killer([&] {
        for (int i = 0; i < 3 && !done; ++i) {
            std::this_thread::yield();
            {
                const std::scoped_lock closed(turnstile);
                const std::unique_lock alone(in_module);
                (void)on.module.functions().C_CloseAllSessions(on.token.use().slot());
            }
            const Generation seen = on.token.generation();
            on.token.recover(seen, false, soon());
        }
    });

    std::vector<std::thread> callers;
    for (std::size_t t = 0; t < 8; ++t)
        callers.emplace_back([&, t] {
            for (std::size_t i = 0; i < 40; ++i) try {
                    const auto& key = keys[(t * 7 + i) % keys.size()];
                    const std::string message = concat(t, "/", i);
                    { const std::scoped_lock passed(turnstile); }
                    const std::shared_lock inside(in_module);
                    if (!key->public_key.verify(sha256(message), on.signer.sign(key, message, soon()))) ++wrong;
                } catch (const Error& error) {
                    ++failed;
                    ADD_FAILURE() << error.what();
                }
        });
    for (auto& caller : callers) caller.join();
    done = true;
    killer.join();

    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(failed, 0);
}

TEST(SigningThreadsTest, CallerLeavesAtItsDeadlineThoughTheCallGoesOn) {
    SigningThreads threads(1, 4);
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();

    const Fault fault =
        fault_of([&] { threads.run(deadline_in(std::chrono::milliseconds(5)), [released] { released.wait(); }); });

    EXPECT_EQ(fault, Fault::DeadlineExceeded);
    EXPECT_EQ(threads.stuck_threads(std::chrono::milliseconds(1)), 1U);
    release.set_value();
}

TEST(SigningThreadsTest, RefusesMoreCallersThanMayWait) {
    SigningThreads threads(1, 0);

    EXPECT_EQ(fault_of([&] { threads.run(soon(), [] {}); }), Fault::ResourceExhausted);
}

TEST(SigningThreadsTest, StopEndsWhatRunsDropsWhatWaitsAndRefusesMore) {
    SigningThreads threads(1, 4);
    std::promise<void> begun;
    std::promise<void> release;
    std::atomic<bool> has_ended = false;
    std::atomic<bool> ran_late = false;
    const auto owned = std::make_shared<int>(0);
    threads.post(soon(), [&, owned](bool) {
        begun.set_value();
        release.get_future().wait();
        has_ended = true;
    });
    threads.post(soon(), [&, owned](bool) { ran_late = true; });
    begun.get_future().wait();

    auto stopping = std::async(std::launch::async, [&] { threads.stop(); });
    while (owned.use_count() > 2) std::this_thread::yield();  // what waits is dropped while the first still runs
    EXPECT_FALSE(has_ended);
    release.set_value();
    stopping.get();

    EXPECT_TRUE(has_ended);
    EXPECT_FALSE(ran_late);
    EXPECT_EQ(owned.use_count(), 1);
    EXPECT_EQ(fault_of([&] { threads.post(soon(), [](bool) {}); }), Fault::Unavailable);
    threads.stop();
}

TEST(KeyTemplatesTest, SayWhetherEveryDangerousUseIsAllowed) {
    const auto types_of = [](Attributes attributes) {
        std::vector<CK_ATTRIBUTE_TYPE> types;
        for (CK_ULONG i = 0; i < attributes.size(); ++i) types.push_back(attributes.data()[i].type);
        return types;
    };
    for (const auto type : {CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_DECRYPT, CKA_DERIVE}) {
        EXPECT_THAT(types_of(private_key_to_be_wrapped()), ::testing::Contains(type));
        EXPECT_THAT(types_of(unwrapped_private_key()), ::testing::Contains(type));
        EXPECT_THAT(types_of(wrapping_key("l", "i")), ::testing::Contains(type));
    }
}

}  // namespace
}  // namespace sello::hsm
