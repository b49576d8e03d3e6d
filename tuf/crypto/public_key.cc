#include "tuf/crypto/public_key.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <array>
#include <mutex>
#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/mismatch.h"
#include "tuf/crypto/certificate.h"
#include "tuf/crypto/digest.h"

namespace sello::tuf {
namespace {

using openssl::Owned;

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

/// A PEM block of SubjectPublicKeyInfo.
Owned<EVP_PKEY> decode_pem(ByteView pem) {
    const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Owned<EVP_PKEY>(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, openssl::no_password, nullptr) : nullptr);
}

/// The uncompressed point in hex, as early TUF repositories list ECDSA keys.
Owned<EVP_PKEY> decode_hex_point(const std::string& hex, const char* curve) {
    const auto point = from_hex(hex);
    if (!point || !point->starts_with('\x04')) return nullptr;
    const Owned<EVP_PKEY> any_key(EVP_EC_gen(curve));
    Owned<EVP_PKEY> key(EVP_PKEY_new());
    const bool decoded = any_key && key && EVP_PKEY_copy_parameters(key.get(), any_key.get()) == 1 &&
                         EVP_PKEY_set1_encoded_public_key(key.get(), octets(*point), point->size()) == 1;
    return decoded ? std::move(key) : nullptr;
}

Owned<EVP_PKEY> decode_ed25519(ByteView raw) {
    return Owned<EVP_PKEY>(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(raw), raw.size()));
}

/// A P-256 key from DER SubjectPublicKeyInfo with an uncompressed point: the form of nearly all keys, for which
/// OpenSSL's general decoder costs ten times as much. Null for any other form.
Owned<EVP_PKEY> decode_p256(ByteView spki) {
    constexpr std::string_view prefix(
        "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00", 26);
    constexpr std::size_t point_size = 65;
    if (spki.size() != prefix.size() + point_size || !spki.starts_with(prefix)) return nullptr;
    static EVP_PKEY* const any_key = EVP_EC_gen("P-256");
    const ByteView point = spki.substr(prefix.size());
    Owned<EVP_PKEY> key(EVP_PKEY_new());
    const bool decoded = key && EVP_PKEY_copy_parameters(key.get(), any_key) == 1 &&
                         EVP_PKEY_set1_encoded_public_key(key.get(), octets(point), point.size()) == 1;
    return decoded ? std::move(key) : nullptr;
}

Owned<EVP_PKEY> decode_spki(ByteView spki) {
    if (auto key = decode_p256(spki)) return key;
    const unsigned char* cursor = octets(spki);
    Owned<EVP_PKEY> key(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(spki.size())));
    if (key && cursor != octets(spki) + spki.size()) key.reset();
    return key;
}

int openssl_type(KeyType type) {
    switch (type) {
        case KeyType::Ecdsa:
        case KeyType::EcdsaX509: return EVP_PKEY_EC;
        case KeyType::Rsa:
        case KeyType::RsaX509: return EVP_PKEY_RSA;
        case KeyType::Ed25519: return EVP_PKEY_ED25519;
        case KeyType::Unknown: break;
    }
    return EVP_PKEY_NONE;
}

/// A number of the key, as bytes with its length before them; empty if the key does not have it.
Bytes number_of(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return {};
    const Owned<BIGNUM> owned(number);
    Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, octets(bytes));
    return concat(bytes.size(), ":", bytes);
}

/// Empty for a key that has none, as the point at infinity, which has no coordinates.
Bytes material_of(EVP_PKEY* key) {
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
        Bytes raw(32, '\0');
        std::size_t size = raw.size();
        return EVP_PKEY_get_raw_public_key(key, octets(raw), &size) == 1 ? concat("ed25519:", raw) : Bytes();
    }
    const bool is_ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
    const Bytes first = number_of(key, is_ec ? OSSL_PKEY_PARAM_EC_PUB_X : OSSL_PKEY_PARAM_RSA_N);
    const Bytes second = number_of(key, is_ec ? OSSL_PKEY_PARAM_EC_PUB_Y : OSSL_PKEY_PARAM_RSA_E);
    if (first.empty() || second.empty()) return {};
    return concat(EVP_PKEY_get_base_id(key), ":", EVP_PKEY_get_bits(key), ":", first, second);
}

struct TufKeyForm {
    std::string_view type_name;
    std::string_view scheme_name;
    KeyType type;
    Scheme scheme;
};

/// The pairs of key type and scheme that TUF 1.0 repositories use; the second spelling of ECDSA is that of old ones.
constexpr TufKeyForm kTufKeyForms[] = {
    {"ed25519", "ed25519", KeyType::Ed25519, Scheme::Ed25519},
    {"ecdsa", "ecdsa-sha2-nistp256", KeyType::Ecdsa, Scheme::EcdsaP256},
    {"ecdsa", "ecdsa-sha2-nistp384", KeyType::Ecdsa, Scheme::EcdsaP384},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", KeyType::Ecdsa, Scheme::EcdsaP256},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", KeyType::Ecdsa, Scheme::EcdsaP384},
    {"rsa", "rsassa-pss-sha256", KeyType::Rsa, Scheme::RsaPssSha256},
};

TufKeyForm tuf_key_form(std::string_view type_name, std::string_view scheme_name) {
    for (const TufKeyForm& form : kTufKeyForms)
        if (form.type_name == type_name && form.scheme_name == scheme_name) return form;
    return {type_name, scheme_name, KeyType::Unknown, Scheme::Unknown};
}

/// Null unless the key is of its scheme's curve.
Owned<EVP_PKEY> decode_tuf_ecdsa(const std::string& text, Scheme scheme) {
    const bool is_p256 = scheme == Scheme::EcdsaP256;
    Owned<EVP_PKEY> key = text.find("-----BEGIN") != std::string::npos
                              ? decode_pem(text)
                              : decode_hex_point(text, is_p256 ? "P-256" : "P-384");
    if (!key) return nullptr;
    std::array<char, 32> group{};
    const bool fits = EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) == 1 &&
                      std::string_view(group.data()) == (is_p256 ? "prime256v1" : "secp384r1");
    return fits ? std::move(key) : nullptr;
}

}  // namespace

bool KeyIdTag::fits(const std::string& text) noexcept {
    constexpr std::size_t longest = 1024;
    return !text.empty() && text.size() <= longest;
}

void KeyIdTag::check(const std::string& text) {
    if (!fits(text))
        throw Mismatch(Fault::Malformed, concat("key id: want 1 to 1024 bytes, got ", text.size()), "1 to 1024 bytes",
                       concat(text.size()));
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
          scheme(Scheme::Notary),
          id(compute_id(type_name, bytes)) {}
    State(KeyId given_id, std::string name, std::string scheme_text, std::string public_text)
        : type_name(std::move(name)),
          scheme_name(std::move(scheme_text)),
          bytes(std::move(public_text)),
          type(tuf_key_form(type_name, scheme_name).type),
          scheme(tuf_key_form(type_name, scheme_name).scheme),
          id(std::move(given_id)) {}

    const std::string type_name;
    const std::string scheme_name;
    const Bytes bytes;
    const KeyType type;
    const Scheme scheme;
    const KeyId id;

    /// Fills in all below. What cannot be decoded leaves them empty.
    void decode();
    void decode_notary();
    [[nodiscard]] Owned<EVP_PKEY> decode_tuf() const;

    std::once_flag once;
    std::optional<CertificateBundle> certificates;
    Owned<EVP_PKEY> handle;
    Bytes material;
    std::optional<KeyId> canonical_id;
};

Owned<EVP_PKEY> PublicKey::State::decode_tuf() const {
    switch (scheme) {
        case Scheme::Ed25519: {
            const auto raw = from_hex(bytes);
            return raw ? decode_ed25519(*raw) : nullptr;
        }
        case Scheme::EcdsaP256:
        case Scheme::EcdsaP384: return decode_tuf_ecdsa(bytes, scheme);
        case Scheme::RsaPssSha256: return decode_pem(bytes);
        case Scheme::Notary:
        case Scheme::Unknown: break;
    }
    return nullptr;
}

void PublicKey::State::decode_notary() {
    if (is_certificate(type)) {
        certificates = CertificateBundle::parse(bytes);
        if (!certificates) return;
        const Bytes spki = certificates->leaf_spki();
        handle = decode_spki(spki);
        canonical_id = compute_id(type == KeyType::EcdsaX509 ? "ecdsa" : "rsa", spki);
    } else if (type == KeyType::Ed25519) {
        handle = decode_ed25519(bytes);
    } else if (type != KeyType::Unknown) {
        handle = decode_spki(bytes);
    }
}

void PublicKey::State::decode() {
    if (scheme == Scheme::Notary)
        decode_notary();
    else
        handle = decode_tuf();
    if (handle && EVP_PKEY_get_base_id(handle.get()) != openssl_type(type)) handle.reset();
    if (handle) material = material_of(handle.get());
    if (material.empty()) handle.reset();
    if (!handle) (void)openssl::take_error();
}

PublicKey::PublicKey(std::string type_name, Bytes public_bytes)
    : state_(std::make_shared<State>(std::move(type_name), std::move(public_bytes))) {}

PublicKey::PublicKey(KeyId id, std::string type_name, std::string scheme_name, std::string public_text)
    : state_(std::make_shared<State>(std::move(id), std::move(type_name), std::move(scheme_name),
                                     std::move(public_text))) {}

const std::string& PublicKey::type_name() const noexcept { return state_->type_name; }
KeyType PublicKey::type() const noexcept { return state_->type; }
Scheme PublicKey::scheme() const noexcept { return state_->scheme; }
const std::string& PublicKey::scheme_name() const noexcept { return state_->scheme_name; }
const Bytes& PublicKey::bytes() const noexcept { return state_->bytes; }
const KeyId& PublicKey::id() const noexcept { return state_->id; }

const PublicKey::State& PublicKey::decoded() const {
    std::call_once(state_->once, [state = state_.get()] { state->decode(); });
    return *state_;
}

const CertificateBundle* PublicKey::certificates() const {
    const State& state = decoded();
    return state.certificates ? &*state.certificates : nullptr;
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
