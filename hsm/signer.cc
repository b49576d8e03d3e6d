#include "hsm/signer.h"

#include "hsm/ec_keys.h"
#include "hsm/pkcs11_error.h"
#include "tuf/base/encoding.h"
#include "tuf/base/log.h"

namespace sello::hsm {
namespace {

constexpr unsigned kMostTries = 6;
constexpr unsigned kSessionTriesBeforeRecovery = 2;
constexpr unsigned kSignatureTries = 3;
constexpr std::chrono::seconds kStartLimit{60};
constexpr ByteView kChallenge = "sello: prove that this private key belongs to its public key";

/// The unwrapped copies are known by their public key.
const std::string& cache_name(const WrappedKey& key) { return key.public_key.spki(); }

}  // namespace

Signer::Signer(Token& token, Settings settings)
    : token_(token),
      settings_(settings),
      pool_(token, settings.sessions),
      vault_(token),
      cache_(settings.cached_keys, [this](const TokenUse& use, ObjectHandle object) { vault_.destroy(use, object); }),
      threads_(settings.sessions, settings.most_waiting) {
    const Deadline deadline = deadline_in(kStartLimit);
    threads_.run(deadline, [this, deadline] {
        const TokenUse use = token_.use();
        require_mechanisms(use);
        SessionPool::Lease lease = pool_.lease(use, deadline);
        kek_ = std::make_unique<Kek>(use, lease.session());
        lease.keep();
    });
    canary_ = std::make_unique<const WrappedKey>(create(deadline));
    forget(*canary_, deadline);
}

void Signer::require_mechanisms(const TokenUse& use) const {
    struct Wanted {
        CK_MECHANISM_TYPE mechanism;
        const char* name;
    };
    for (const Wanted& wanted : {Wanted{CKM_EC_KEY_PAIR_GEN, "CKM_EC_KEY_PAIR_GEN"}, Wanted{CKM_ECDSA, "CKM_ECDSA"},
                                 Wanted{CKM_AES_KEY_WRAP_PAD, "CKM_AES_KEY_WRAP_PAD"}}) {
        CK_MECHANISM_INFO info{};
        if (use.functions().C_GetMechanismInfo(use.slot(), wanted.mechanism, &info) != CKR_OK)
            throw Error(Fault::FailedPrecondition, concat("token: lacks the mechanism ", wanted.name));
    }
}

/// Decides what a failed try calls for. Returns if another try makes sense, else throws.
void Signer::recover_from(const Pkcs11Error& error, Generation seen, unsigned tries, Deadline deadline) {
    if (tries >= kMostTries || std::chrono::steady_clock::now() >= deadline)
        throw Error(Fault::Unavailable, error.what());
    switch (error.reaction()) {
        case Reaction::FindAgain: kek_->forget(); [[fallthrough]];
        case Reaction::ChangeSession:
        case Reaction::Reconnect:
            if (tries > kSessionTriesBeforeRecovery) token_.recover(seen, false, deadline);
            return;
        case Reaction::LogIn: token_.recover(seen, false, deadline); return;
        case Reaction::Reinitialise: token_.recover(seen, true, deadline); return;
        case Reaction::Wait:
        case Reaction::Full:
        case Reaction::Lock:
        case Reaction::DamagedBlob:
        case Reaction::Refuse: throw error;
    }
}

/// Runs `work` until it succeeds, its failure is final, or the deadline is past. On a thread of ours.
template <class Work>
auto Signer::with_recovery(Deadline deadline, const Work& work) {
    for (unsigned tries = 1;; ++tries) {
        Generation seen;
        try {
            const TokenUse use = token_.use();
            seen = use.generation();
            return work(use);
        } catch (const Pkcs11Error& error) {
            log::debug("token call failed", {{"reason", error.what()}, {"try", tries}});
            recover_from(error, seen, tries, deadline);
        }
    }
}

WrappedKey Signer::create(Deadline deadline) {
    return threads_.run(deadline, [this, deadline] {
        return with_recovery(deadline, [&](const TokenUse& use) { return create_once(use, deadline); });
    });
}

WrappedKey Signer::create_once(const TokenUse& use, Deadline deadline) {
    SessionPool::Lease lease = pool_.lease(use, deadline);
    const SessionHandle session = lease.session();
    NewKey made = generate_wrapped(use, session, kek_->handle(use, session), CKM_AES_KEY_WRAP_PAD);
    WrappedKey key{std::move(made.public_key), kek_->id(), CKM_AES_KEY_WRAP_PAD, std::move(made.blob)};
    const KeyCache::Pin pin = cache_.get(use, cache_name(key), deadline, [&] { return load(use, session, key); });
    lease.keep();
    return key;
}

Bytes Signer::sign(std::shared_ptr<const WrappedKey> key, ByteView message, Deadline deadline) {
    return threads_.run(deadline, [this, key = std::move(key), digest = sha256(message), deadline] {
        return sign_verified(*key, digest, deadline);
    });
}

void Signer::sign_async(std::shared_ptr<const WrappedKey> key, ByteView message, Deadline deadline,
                        std::function<void(Outcome)> done) {
    threads_.post(deadline, [this, key = std::move(key), digest = sha256(message), deadline,
                             done = std::move(done)](bool in_time) {
        Outcome outcome;
        try {
            if (!in_time) throw Error(Fault::Unavailable, "token: away or too busy to sign before the deadline");
            outcome.signature = sign_verified(*key, digest, deadline);
        } catch (...) {
            outcome.failure = std::current_exception();
        }
        done(std::move(outcome));
    });
}

/// No signature leaves unverified: a wrong one is made again, with a newly unwrapped key.
Bytes Signer::sign_verified(const WrappedKey& key, ByteView digest, Deadline deadline) {
    for (unsigned tries = 1; tries <= kSignatureTries; ++tries) {
        Bytes signature =
            with_recovery(deadline, [&](const TokenUse& use) { return sign_once(use, key, digest, deadline); });
        if (key.public_key.verify(digest, signature)) return signature;
        log::error("token returned a wrong signature", {{"try", tries}});
        cache_.forget(token_.use(), cache_name(key));
    }
    throw Error(Fault::Crypto, "token: its signatures do not verify");
}

Bytes Signer::sign_once(const TokenUse& use, const WrappedKey& key, ByteView digest, Deadline deadline) {
    if (key.kek_id != kek_->id())
        throw Error(Fault::FailedPrecondition, concat("key is wrapped under ", to_hex(key.kek_id),
                                                      ", the token's wrapping key is ", to_hex(kek_->id())));
    SessionPool::Lease lease = pool_.lease(use, deadline);
    const SessionHandle session = lease.session();
    Bytes signature;
    try {
        const KeyCache::Pin pin = cache_.get(use, cache_name(key), deadline, [&] { return load(use, session, key); });
        signature = sign_digest(use, session, pin.handle(), digest);
    } catch (const Pkcs11Error& error) {
        if (error.reaction() == Reaction::FindAgain) cache_.forget(use, cache_name(key));
        throw;
    }
    lease.keep();
    return signature;
}

/// Unwraps and challenges: a blob or a row that was swapped holds another private key, and is found here.
ObjectHandle Signer::load(const TokenUse& use, SessionHandle session, const WrappedKey& key) {
    ObjectHandle handle = 0;
    try {
        handle = vault_.unwrap(use, *kek_, key.mechanism, key.blob);
    } catch (const Pkcs11Error& error) {
        // SoftHSM says GENERAL_ERROR for a damaged blob, which elsewhere means a failing device.
        if (error.reaction() == Reaction::Reconnect && canary_opens(use))
            throw Error(Fault::DataLoss, concat("wrapped key is damaged: ", error.what()));
        throw;
    }
    try {
        const Bytes digest = sha256(kChallenge);
        if (!key.public_key.verify(digest, sign_digest(use, session, handle, digest)))
            throw Error(Fault::DataLoss, "wrapped key is not the private half of its public key");
    } catch (...) {
        vault_.destroy(use, handle);
        throw;
    }
    return handle;
}

bool Signer::canary_opens(const TokenUse& use) {
    if (!canary_) return false;
    try {
        vault_.destroy(use, vault_.unwrap(use, *kek_, canary_->mechanism, canary_->blob));
        return true;
    } catch (const Pkcs11Error&) {
        return false;
    }
}

void Signer::forget(const WrappedKey& key, Deadline deadline) {
    threads_.run(deadline, [this, name = cache_name(key)] { cache_.forget(token_.use(), name); });
}

}  // namespace sello::hsm
