#include "tuf/crypto/public_key.h"

#include <mutex>
#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/certificate.h"
#include "tuf/crypto/digest.h"

namespace sello::tuf {
namespace {

/// The type name comes from a document: escaped as canonical JSON escapes it.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

KeyId compute_id(std::string_view type_name, ByteView public_bytes) {
    const std::string form = concat(R"({"keytype":)", quoted(type_name), R"(,"keyval":{"private":null,"public":")",
                                    to_base64(public_bytes), R"("}})");
    return KeyId(sha256_hex(form));
}

openssl::Owned<EVP_PKEY> decode(KeyType type, const Bytes& bytes) {
    openssl::Owned<EVP_PKEY> key;
    switch (type) {
        case KeyType::Ecdsa:
        case KeyType::Rsa: {
            const unsigned char* cursor = octets(bytes);
            key.reset(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(bytes.size())));
            if (key && cursor != octets(bytes) + bytes.size()) key.reset();
            break;
        }
        case KeyType::EcdsaX509:
        case KeyType::RsaX509: {
            const auto bundle = CertificateBundle::parse(bytes);
            if (bundle) key.reset(X509_get_pubkey(bundle->leaf()));
            break;
        }
        case KeyType::Ed25519:
            key.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(bytes), bytes.size()));
            break;
        case KeyType::Unknown: break;
    }
    if (!key) {
        (void)openssl::take_error();
        return nullptr;
    }
    const int wanted = type == KeyType::Ed25519                           ? EVP_PKEY_ED25519
                       : type == KeyType::Rsa || type == KeyType::RsaX509 ? EVP_PKEY_RSA
                                                                          : EVP_PKEY_EC;
    if (EVP_PKEY_get_base_id(key.get()) != wanted) return nullptr;
    return key;
}

}  // namespace

void KeyIdTag::check(const std::string& text) {
    if (text.empty() || text.size() > 255)
        throw Error(Fault::Malformed, concat("key id: want 1 to 255 bytes, got ", text.size()));
}

KeyType key_type(std::string_view name) {
    if (name == "ecdsa") return KeyType::Ecdsa;
    if (name == "ecdsa-x509") return KeyType::EcdsaX509;
    if (name == "rsa") return KeyType::Rsa;
    if (name == "rsa-x509") return KeyType::RsaX509;
    if (name == "ed25519") return KeyType::Ed25519;
    return KeyType::Unknown;
}

bool is_certificate(KeyType type) { return type == KeyType::EcdsaX509 || type == KeyType::RsaX509; }

Bytes to_spki(EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    openssl::check(size > 0, "encode public key");
    Bytes out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

struct PublicKey::State {
    State(std::string name, Bytes public_bytes)
        : type_name(std::move(name)),
          bytes(std::move(public_bytes)),
          type(key_type(type_name)),
          id(compute_id(type_name, bytes)) {}

    const std::string type_name;
    const Bytes bytes;
    const KeyType type;
    const KeyId id;

    std::once_flag once;
    openssl::Owned<EVP_PKEY> handle;
    Bytes material;
    std::optional<KeyId> canonical_id;
};

PublicKey::PublicKey(std::string type_name, Bytes public_bytes)
    : state_(std::make_shared<State>(std::move(type_name), std::move(public_bytes))) {}

const std::string& PublicKey::type_name() const noexcept { return state_->type_name; }
KeyType PublicKey::type() const noexcept { return state_->type; }
const Bytes& PublicKey::bytes() const noexcept { return state_->bytes; }
const KeyId& PublicKey::id() const noexcept { return state_->id; }

const PublicKey::State& PublicKey::decoded() const {
    std::call_once(state_->once, [state = state_.get()] {
        state->handle = decode(state->type, state->bytes);
        if (!state->handle) return;
        state->material = to_spki(state->handle.get());
        if (is_certificate(state->type))
            state->canonical_id = compute_id(state->type == KeyType::EcdsaX509 ? "ecdsa" : "rsa", state->material);
    });
    return *state_;
}

const KeyId& PublicKey::canonical_id() const {
    if (!is_certificate(state_->type)) return state_->id;
    const State& state = decoded();
    return state.canonical_id ? *state.canonical_id : state.id;
}

std::optional<ByteView> PublicKey::material() const {
    const State& state = decoded();
    if (!state.handle) return std::nullopt;
    return state.material;
}

EVP_PKEY* PublicKey::handle() const { return decoded().handle.get(); }

}  // namespace sello::tuf
