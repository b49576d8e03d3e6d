#include "client/keys/key_file.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <algorithm>

#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/random.h"

namespace sello::client {
namespace {

using tuf::openssl::Owned;

constexpr std::string_view kEncrypted = "ENCRYPTED PRIVATE KEY";
constexpr const char* kCipherHeader = "DEK-Info";

/// The next line of `text`, which is advanced past it, without its end.
ByteView next_line(ByteView& text) {
    const std::size_t end = text.find('\n');
    ByteView line = text.substr(0, end);
    text.remove_prefix(end == ByteView::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// OpenSSL takes a private and a public half that do not belong together; what such a key signs never verifies.
void require_matching_halves(EVP_PKEY* key) {
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key, nullptr));
    const bool match = context && EVP_PKEY_pairwise_check(context.get()) == 1;
    (void)tuf::openssl::take_error();
    if (!match) throw Error(Fault::Malformed, "private key: its public half belongs to another key");
}

tuf::PrivateKey checked(Owned<EVP_PKEY> key) {
    tuf::PrivateKey out(std::move(key));
    require_matching_halves(out.handle());
    return out;
}

[[noreturn]] void refuse_passphrase() {
    (void)tuf::openssl::take_error();
    throw Error(Fault::Unauthorized, "password invalid, operation has failed.");
}

/// What OpenSSL's PEM encryption of old hides, which Notary's clients wrote before 0.4. Source: RFC 1421.
Secret open_traditional(const KeyBlock& block, const Secret& passphrase) {
    std::string header = concat("Proc-Type: 4,ENCRYPTED\nDEK-Info: ", block.headers.at(kCipherHeader), "\n");
    EVP_CIPHER_INFO cipher;
    if (PEM_get_EVP_CIPHER_INFO(header.data(), &cipher) != 1)
        throw Error(Fault::Malformed, concat("private key: DEK-Info: ", tuf::openssl::take_error()));
    Bytes plain(block.der.expose());
    long size = static_cast<long>(plain.size());
    const ByteView given = passphrase.expose();
    const auto answer = [](char* out, int room, int, void* user) {
        const ByteView& text = *static_cast<const ByteView*>(user);
        if (text.size() > static_cast<std::size_t>(room)) return -1;
        std::copy(text.begin(), text.end(), out);
        return static_cast<int>(text.size());
    };
    const bool opened =
        PEM_do_header(&cipher, octets(plain), &size, answer, const_cast<ByteView*>(&given)) == 1;  // NOLINT
    Secret out(opened ? plain.substr(0, static_cast<std::size_t>(size)) : Bytes());
    wipe(plain.data(), plain.size());
    if (!opened) refuse_passphrase();
    return out;
}

/// Notary's own form: 32 public bytes, then Go's private key: 32 bytes of seed and the public ones again.
tuf::PrivateKey decode_ed25519(const Secret& der) {
    const ByteView bytes = der.expose();
    if (bytes.size() != 96) throw Error(Fault::Malformed, concat("ed25519 key: want 96 bytes, got ", bytes.size()));
    return tuf::PrivateKey(
        Owned<EVP_PKEY>(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(bytes.substr(32)), 32)));
}

tuf::PrivateKey decode_plain(const KeyBlock& block, const Secret& der) {
    if (block.type == "ED25519 PRIVATE KEY") return decode_ed25519(der);
    const unsigned char* cursor = octets(der.expose());
    Owned<EVP_PKEY> key(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(der.expose().size())));
    if (!key)
        throw Error(Fault::Malformed,
                    concat("private key of PEM type \"", block.type, "\": ", tuf::openssl::take_error()));
    return checked(std::move(key));
}

tuf::PrivateKey decode_traditional(const KeyBlock& block, const Secret& passphrase) {
    const Secret der = open_traditional(block, passphrase);
    try {
        return decode_plain(block, der);
    } catch (const Error&) {
        // One wrong passphrase in 256 seems to open it.
        refuse_passphrase();
    }
}

tuf::PrivateKey decode_encrypted(const KeyBlock& block, const Secret& passphrase) {
    const unsigned char* cursor = octets(block.der.expose());
    const Owned<X509_SIG> sealed(d2i_X509_SIG(nullptr, &cursor, static_cast<long>(block.der.expose().size())));
    if (!sealed) throw Error(Fault::Malformed, concat("private key: ", tuf::openssl::take_error()));
    const ByteView password = passphrase.expose();
    const Owned<PKCS8_PRIV_KEY_INFO> opened(
        PKCS8_decrypt(sealed.get(), password.data(), static_cast<int>(password.size())));
    if (!opened) refuse_passphrase();
    return checked(Owned<EVP_PKEY>(EVP_PKCS82PKEY(opened.get())));
}

}  // namespace

std::optional<KeyBlock> read_key_block(ByteView pem) {
    constexpr ByteView begin = "-----BEGIN ";
    constexpr ByteView dashes = "-----";
    const std::size_t start = pem.find(begin);
    if (start == ByteView::npos) return std::nullopt;
    pem.remove_prefix(start + begin.size());
    const ByteView first = next_line(pem);
    if (!first.ends_with(dashes)) return std::nullopt;
    KeyBlock block{std::string(first.substr(0, first.size() - dashes.size())), {}, Secret()};
    const std::string last = concat("-----END ", block.type, "-----");

    std::string base64;
    while (!pem.empty()) {
        const ByteView line = next_line(pem);
        if (line == last) {
            auto der = from_base64(base64);
            wipe(base64.data(), base64.size());
            if (!der) return std::nullopt;
            block.der = Secret(std::move(*der));
            return block;
        }
        if (const std::size_t colon = line.find(": "); colon != ByteView::npos)
            block.headers.emplace(line.substr(0, colon), line.substr(colon + 2));
        else
            base64 += line;
    }
    return std::nullopt;
}

bool is_encrypted(const KeyBlock& block) { return block.type == kEncrypted || block.headers.contains(kCipherHeader); }

tuf::PrivateKey decode_private_key(const KeyBlock& block, const Secret& passphrase) {
    if (block.type == kEncrypted) return decode_encrypted(block, passphrase);
    return is_encrypted(block) ? decode_traditional(block, passphrase) : decode_plain(block, block.der);
}

Bytes encrypt_private_key(const tuf::PrivateKey& key, const Secret& passphrase,
                          const std::map<std::string, std::string>& headers) {
    constexpr int rounds = 2048;
    Bytes salt = tuf::random_bytes(8);
    const Owned<PKCS8_PRIV_KEY_INFO> plain(EVP_PKEY2PKCS8(key.handle()));
    X509_ALGOR* scheme = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), rounds, octets(salt), static_cast<int>(salt.size()),
                                           nullptr, NID_hmacWithSHA1);
    const ByteView password = passphrase.expose();
    // The scheme belongs to what PKCS8_set0_pbe makes, unless it fails.
    const Owned<X509_SIG> sealed(
        plain && scheme != nullptr
            ? PKCS8_set0_pbe(password.data(), static_cast<int>(password.size()), plain.get(), scheme)
            : nullptr);
    tuf::openssl::check(sealed != nullptr, "encrypt private key");
    unsigned char* der = nullptr;
    const int size = i2d_X509_SIG(sealed.get(), &der);
    tuf::openssl::check(size > 0, "encode private key");
    const std::string base64 = to_base64(ByteView(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)));
    OPENSSL_free(der);

    Bytes out = concat("-----BEGIN ", kEncrypted, "-----\n");
    for (const auto& [name, value] : headers) out += concat(name, ": ", value, "\n");
    if (!headers.empty()) out += '\n';
    for (std::size_t i = 0; i < base64.size(); i += 64) out += concat(base64.substr(i, 64), "\n");
    return out + concat("-----END ", kEncrypted, "-----\n");
}

}  // namespace sello::client
