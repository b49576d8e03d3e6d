#include "hsm/token.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <thread>

#include "hsm/kek.h"
#include "hsm/key_templates.h"
#include "hsm/pkcs11_error.h"
#include "hsm/session_pool.h"
#include "tests/hsm/softhsm_fixture.h"

namespace sello::hsm {
namespace {

using test::kSoftHsmModule;
using test::run_command;
using test::SoftHsmStore;
using test::soon;
using ::testing::HasSubstr;

template <class Action>
Error error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    return {Fault::Internal, "nothing was thrown"};
}

TEST(ModuleTest, RefusesALibraryThatIsNotThere) {
    const Error error = error_of([] { const Module module("/nowhere/libtoken.so"); });

    EXPECT_EQ(error.fault(), Fault::BadConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/libtoken.so"));
}

TEST(ModuleTest, RefusesALibraryThatIsNoPkcs11Module) {
    EXPECT_EQ(error_of([] { const Module module("libcrypto.so.3"); }).fault(), Fault::BadConfiguration);
}

TEST(ModuleTest, RefusesASecondOwnerInOneProcess) {
    const SoftHsmStore store;
    const Module first(kSoftHsmModule);

    EXPECT_EQ(error_of([] { const Module second(kSoftHsmModule); }).fault(), Fault::FailedPrecondition);
}

TEST(ModuleTest, ServesAfterReinitialising) {
    const SoftHsmStore store;
    Module module(kSoftHsmModule);
    const Functions* before = &module.functions();

    module.reinitialise();

    EXPECT_EQ(&module.functions(), before);
    EXPECT_FALSE(list_tokens(module.functions()).empty());
}

TEST(TokenSetupTest, MakesTokenPinAndWrappingKeyOnce) {
    const SoftHsmStore store;

    const TokenSetup first = store.set_up();
    const TokenSetup second = store.set_up();

    EXPECT_TRUE(first.token_initialised);
    EXPECT_TRUE(first.kek_created);
    EXPECT_FALSE(second.token_initialised);
    EXPECT_FALSE(second.kek_created);
    EXPECT_EQ(first.serial, second.serial);
}

TEST(TokenSetupTest, RefusesAUserPinOtherThanTheTokens) {
    const SoftHsmStore store;
    store.set_up();
    store.write_secret("pin", "not the pin");

    const Error error = error_of([&] { store.set_up(); });

    EXPECT_EQ(error.fault(), Fault::FailedPrecondition);
    EXPECT_THAT(error.what(), HasSubstr(concat("token sello: PIN in ", store.pin_file(), " not accepted")));
    EXPECT_THAT(error.what(), HasSubstr("C_Login as user: CKR_PIN_INCORRECT"));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("not the pin")));
}

TEST(TokenSetupTest, RefusesAnOfficersPinOtherThanTheTokens) {
    const SoftHsmStore store;
    run_command("softhsm2-util --init-token --free --label sello --so-pin 2846-other --pin 7391-user");

    const Error error = error_of([&] { store.set_up(); });

    EXPECT_EQ(error.fault(), Fault::FailedPrecondition);
    EXPECT_THAT(error.what(), HasSubstr(concat("token sello: PIN in ", store.so_pin_file(), " not accepted")));
    EXPECT_THAT(error.what(), HasSubstr("C_Login as security officer: CKR_PIN_INCORRECT"));
}

TEST(TokenSetupTest, NeedsNoOfficersPinWhenAllIsThere) {
    const SoftHsmStore store;
    store.set_up();
    std::filesystem::remove(store.so_pin_file());

    EXPECT_FALSE(store.set_up().kek_created);
}

TEST(TokenSetupTest, WrappingKeyIsTrustedAndCanNeitherLeaveNorDecrypt) {
    const SoftHsmStore store;
    store.set_up();
    Module module(kSoftHsmModule);
    Token token(module, store.token_settings());
    SessionPool pool(token, 1);
    const TokenUse use = token.use();
    const SessionPool::Lease lease = pool.lease(use, soon());

    const auto kek = find_kek(use.functions(), lease.session());

    ASSERT_TRUE(kek);
    for (const auto type : {CKA_TOKEN, CKA_SENSITIVE, CKA_WRAP, CKA_UNWRAP, CKA_TRUSTED})
        EXPECT_TRUE(read_flag(use.functions(), lease.session(), *kek, type)) << type;
    for (const auto type : {CKA_PRIVATE, CKA_EXTRACTABLE, CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_VERIFY, CKA_DERIVE})
        EXPECT_FALSE(read_flag(use.functions(), lease.session(), *kek, type)) << type;
}

TEST(TokenTest, RefusesAPinFileThatOthersMayRead) {
    const SoftHsmStore store;
    store.set_up();
    std::filesystem::permissions(store.pin_file(), std::filesystem::perms::group_read,
                                 std::filesystem::perm_options::add);
    Module module(kSoftHsmModule);

    const Error error = error_of([&] { const Token token(module, store.token_settings()); });

    EXPECT_EQ(error.fault(), Fault::BadConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("0600"));
}

TEST(TokenTest, RefusesAWrongPinWithoutTryingAgain) {
    const SoftHsmStore store;
    store.set_up();
    store.write_secret("pin", "not the pin");
    Module module(kSoftHsmModule);

    const Error error = error_of([&] { const Token token(module, store.token_settings()); });

    EXPECT_EQ(error.fault(), Fault::FailedPrecondition);
    EXPECT_THAT(error.what(), HasSubstr(concat("token sello: PIN in ", store.pin_file(), " not accepted")));
    EXPECT_THAT(error.what(), HasSubstr("CKR_PIN_INCORRECT"));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("not the pin")));
}

TEST(TokenTest, IsFoundByLabelAndSerial) {
    const SoftHsmStore store;
    const TokenSetup made = store.set_up();
    Module module(kSoftHsmModule);
    Token::Settings settings = store.token_settings();
    settings.serial = "0000000000000000";

    EXPECT_EQ(error_of([&] { const Token token(module, settings); }).fault(), Fault::Unavailable);
    settings.serial = made.serial;
    EXPECT_EQ(Token(module, settings).serial(), made.serial);
}

TEST(TokenTest, RecoveryRaisesTheSessionGenerationOnceForAllWhoSawTheFault) {
    const SoftHsmStore store;
    store.set_up();
    Module module(kSoftHsmModule);
    Token token(module, store.token_settings());
    const Generation seen = token.generation();
    (void)module.functions().C_CloseAllSessions(token.use().slot());

    std::vector<std::thread> callers;
    callers.reserve(8);
    for (int i = 0; i < 8; ++i) callers.emplace_back([&] { token.recover(seen, false, soon()); });
    for (auto& caller : callers) caller.join();

    EXPECT_EQ(token.generation(), (Generation{seen.library, seen.session + 1}));
    EXPECT_EQ(token.state(), TokenState::Up);
}

TEST(TokenTest, RecoversFromALostLibrary) {
    const SoftHsmStore store;
    store.set_up();
    Module module(kSoftHsmModule);
    Token token(module, store.token_settings());
    const Generation seen = token.generation();
    (void)module.functions().C_Finalize(nullptr);

    token.recover(seen, true, soon());

    EXPECT_EQ(token.generation().library, seen.library + 1);
    EXPECT_EQ(token.state(), TokenState::Up);
}

TEST(TokenTest, LocksWhenThePinIsRefusedAtRecovery) {
    const SoftHsmStore store;
    store.set_up();
    Module module(kSoftHsmModule);
    Token token(module, store.token_settings());
    const Generation seen = token.generation();
    store.write_secret("pin", "changed behind our back");
    (void)module.functions().C_CloseAllSessions(token.use().slot());

    EXPECT_EQ(error_of([&] { token.recover(seen, false, soon()); }).fault(), Fault::FailedPrecondition);

    EXPECT_EQ(token.state(), TokenState::Locked);
    EXPECT_EQ(error_of([&] { (void)token.use(); }).fault(), Fault::FailedPrecondition);
}

TEST(SessionPoolTest, LendsTheLastSessionReturnedFirst) {
    const SoftHsmStore store;
    store.set_up();
    Module module(kSoftHsmModule);
    Token token(module, store.token_settings());
    SessionPool pool(token, 4);
    const TokenUse use = token.use();
    SessionHandle first = 0;
    {
        SessionPool::Lease lease = pool.lease(use, soon());
        first = lease.session();
        lease.keep();
    }

    EXPECT_EQ(pool.lease(use, soon()).session(), first);
}

TEST(SessionPoolTest, ClosesASessionThatSawAnError) {
    const SoftHsmStore store;
    store.set_up();
    Module module(kSoftHsmModule);
    Token token(module, store.token_settings());
    SessionPool pool(token, 4);
    const TokenUse use = token.use();
    SessionHandle spoiled = 0;
    { spoiled = pool.lease(use, soon()).session(); }

    CK_SESSION_INFO info{};
    EXPECT_EQ(use.functions().C_GetSessionInfo(spoiled, &info), CKR_SESSION_HANDLE_INVALID);
    EXPECT_EQ(pool.open_count(), 0U);
}

TEST(SessionPoolTest, WaitsNoLongerThanTheDeadline) {
    const SoftHsmStore store;
    store.set_up();
    Module module(kSoftHsmModule);
    Token token(module, store.token_settings());
    SessionPool pool(token, 1);
    const TokenUse use = token.use();
    const SessionPool::Lease only = pool.lease(use, soon());

    const Error error = error_of([&] { (void)pool.lease(use, deadline_in(std::chrono::milliseconds(5))).session(); });

    EXPECT_EQ(error.fault(), Fault::ResourceExhausted);
}

TEST(SessionPoolTest, CountsSessionsOfTheCurrentGenerationOnly) {
    const SoftHsmStore store;
    store.set_up();
    Module module(kSoftHsmModule);
    Token token(module, store.token_settings());
    SessionPool pool(token, 1);
    for (int round = 0; round < 5; ++round) {
        {
            const TokenUse use = token.use();
            SessionPool::Lease lease = pool.lease(use, soon());
            lease.keep();
        }
        token.recover(token.generation(), true, soon());
    }

    const TokenUse use = token.use();
    const SessionPool::Lease lease = pool.lease(use, soon());

    EXPECT_EQ(pool.open_count(), 1U);
}

TEST(Pkcs11ErrorTest, NamesTheFunctionTheCodeAndItsNumber) {
    const Pkcs11Error error(CKR_DEVICE_REMOVED, "C_Sign");

    EXPECT_STREQ(error.what(), "C_Sign: CKR_DEVICE_REMOVED (0x32)");
    EXPECT_EQ(error.fault(), Fault::Unavailable);
    EXPECT_EQ(error.reaction(), Reaction::Reconnect);
}

TEST(Pkcs11ErrorTest, RefusesACodeItDoesNotKnow) {
    const Pkcs11Error error(0x80001234UL, "C_Sign");

    EXPECT_EQ(error.fault(), Fault::Internal);
    EXPECT_EQ(error.reaction(), Reaction::Refuse);
}

}  // namespace
}  // namespace sello::hsm
