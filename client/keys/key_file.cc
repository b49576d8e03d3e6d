#include "client/keys/key_file.h"

#include <openssl/pkcs12.h>

#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/random.h"

namespace sello::client {
namespace {

using tuf::openssl::Owned;

constexpr std::string_view kEncrypted = "ENCRYPTED PRIVATE KEY";

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

tuf::PrivateKey decode_encrypted(const KeyBlock& block, const Secret& passphrase) {
    const unsigned char* cursor = octets(block.der.expose());
    const Owned<X509_SIG> sealed(d2i_X509_SIG(nullptr, &cursor, static_cast<long>(block.der.expose().size())));
    if (!sealed) throw Error(Fault::Malformed, concat("private key: ", tuf::openssl::take_error()));
    const ByteView password = passphrase.expose();
    const Owned<PKCS8_PRIV_KEY_INFO> opened(
        PKCS8_decrypt(sealed.get(), password.data(), static_cast<int>(password.size())));
    if (!opened) {
        (void)tuf::openssl::take_error();
        throw Error(Fault::Unauthorized, "password invalid, operation has failed.");
    }
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

bool is_encrypted(const KeyBlock& block) { return block.type == kEncrypted; }

tuf::PrivateKey decode_private_key(const KeyBlock& block, const Secret& passphrase) {
    if (is_encrypted(block)) return decode_encrypted(block, passphrase);
    const unsigned char* cursor = octets(block.der.expose());
    Owned<EVP_PKEY> key(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(block.der.expose().size())));
    if (!key)
        throw Error(Fault::Malformed,
                    concat("private key of PEM type \"", block.type, "\": ", tuf::openssl::take_error()));
    return checked(std::move(key));
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
