// Writes the seeds under corpus/ anew: documents of tests/vectors and of a simulated repository, keys and signatures of
// every type, and what the small parsers take. Keys and signatures differ each time.
// usage: fuzz_seeds CORPUS VECTORS
#include <openssl/evp.h>

#include <filesystem>
#include <iostream>

#include "client/files.h"
#include "client/keys/key_file.h"
#include "tests/fuzz/scene.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tuf_simulator.h"
#include "tuf/base/encoding.h"
#include "tuf/crypto/certificate.h"

namespace sello::fuzz {
namespace {

namespace filesystem = std::filesystem;

class Corpus {
public:
    explicit Corpus(filesystem::path folder) : folder_(std::move(folder)) {}
    void add(const std::string& target, const std::string& name, const Bytes& content) const {
        filesystem::create_directories(folder_ / target);
        test::write_file((folder_ / target / name).string(), content);
    }
    /// Of a parser that the first byte chooses.
    void add(const std::string& target, char choice, const std::vector<std::string>& contents) const {
        for (std::size_t i = 0; i < contents.size(); ++i)
            add(target, concat("seed-", int{choice}, "-", i), choice + contents[i]);
    }

private:
    filesystem::path folder_;
};

/// Two bytes, the high one first.
Bytes length_of(ByteView bytes) {
    return {static_cast<char>(bytes.size() >> 8U), static_cast<char>(bytes.size() & 0xffU)};
}

void add_json(const Corpus& corpus) {
    corpus.add("json", "seed-strings", R"(["\u0041\ud83d\ude00\"\\\/\b\f\n\r\t<>&","é","\u2028"])");
    corpus.add("json", "seed-numbers",
               R"([0,-0,-1,1.0,1e2,9007199254740992,9007199254740993,18446744073709551615,0.5])");
    corpus.add("json", "seed-nested", R"({"a":[{"b":{"c":[[],{}]}}],"signatures":[{},{}],"":null})");
    corpus.add("json", "seed-space", " {\t\"b\" : true ,\r\n\"a\":[ false ] } ");
}

void add_metadata(const Corpus& corpus, const filesystem::path& vectors) {
    const auto add = [&](char role, const std::string& name, const Bytes& bytes) {
        corpus.add("metadata", "seed-" + name, role + bytes);
    };
    add(0, "root", client::read_required(vectors / "notary/golden2.root.json"));
    add(1, "snapshot", client::read_required(vectors / "notary/golden2.snapshot.json"));
    add(2, "timestamp", client::read_required(vectors / "notary/golden2.timestamp.json"));
    add(3, "targets", client::read_required(vectors / "notary/golden2.targets.json"));
    add(4, "delegation", client::read_required(vectors / "notary/golden2.targets-releases.json"));
    const Files& simulated = History::notary().publications.back();
    add(3, "threshold-targets", simulated.at("targets"));
}

void add_key(const Corpus& corpus, const std::string& name, const tuf::PrivateKey& key, const tuf::PublicKey& listed) {
    const Bytes message = "message";
    const auto signature = key.sign(message, listed.id());
    corpus.add("key", "seed-" + name,
               concat(listed.type_name(), "\n", signature.method, "\n", length_of(listed.bytes()), listed.bytes(),
                      length_of(signature.sig), signature.sig, message));
}

void add_keys(const Corpus& corpus) {
    const auto certified = [&](const std::string& type, const tuf::PrivateKey& key) {
        const auto certificate = tuf::make_root_certificate(key.handle(), "example/app", {1'800'000'000, 0});
        add_key(corpus, type, key, tuf::PublicKey(type, certificate));
    };
    const auto ecdsa = tuf::PrivateKey::generate_ecdsa_p256();
    add_key(corpus, "ecdsa", ecdsa, ecdsa.public_key());
    certified("ecdsa-x509", ecdsa);
    const auto ed25519 = tuf::PrivateKey::generate_ed25519();
    add_key(corpus, "ed25519", ed25519, ed25519.public_key());
    const tuf::PrivateKey rsa(tuf::openssl::Owned<EVP_PKEY>(EVP_RSA_gen(2048)));
    add_key(corpus, "rsa", rsa, rsa.public_key());
    certified("rsa-x509", rsa);
}

void add_tuf_keys(const Corpus& corpus) {
    const auto add = [&](const std::string& name, const tuf::PrivateKey& key) {
        const auto listed = tuf::tuf1::public_key(key);
        const auto signature = tuf::tuf1::sign(key, "message", listed.id());
        corpus.add("key", "seed-tuf-" + name,
                   concat(listed.type_name(), "\n!", listed.scheme_name(), "\n", length_of(listed.bytes()),
                          listed.bytes(), length_of(signature.sig), signature.sig, "message"));
    };
    add("ed25519", tuf::PrivateKey::generate_ed25519());
    add("ecdsa", tuf::PrivateKey::generate_ecdsa_p256());
    add("rsa", tuf::PrivateKey(tuf::openssl::Owned<EVP_PKEY>(EVP_RSA_gen(2048))));
    add("p384", tuf::PrivateKey::generate_ecdsa_p384());
    const auto add_bare = [&](const std::string& name, const std::string& head, const Bytes& key) {
        corpus.add("key", "seed-" + name, concat(head, "\n", length_of(key), key));
    };
    const Bytes infinity = *from_hex("3019301306072a8648ce3d020106082a8648ce3d03010703020000");
    add_bare("infinity", "ecdsa\necdsa", infinity);
    add_bare("tuf-encrypted", "rsa\n!rsassa-pss-sha256",
             concat("-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,", std::string(32, '0'),
                    "\n\n", to_base64(infinity), "\n-----END PUBLIC KEY-----\n"));
}

void add_paths(const Corpus& corpus) {
    corpus.add("path", "seed-stars", "a/*b*/?.txt\na/xbx/\xc3\xa9.txt");
    corpus.add("path", "seed-sets",
               "[!a-c][]x]/[\n"
               "d]/[");
    corpus.add("path", "seed-hash", "5021\nalpine/3.20");
    corpus.add("path", "seed-bin", "\nbin-f");
}

void add_tuf_metadata(const Corpus& corpus) {
    test::TufSimulator repository;
    repository.add_target("targets", "dir/file", "content");
    repository.delegate("targets", "releases", {"dir/*", "*.x"}, true);
    repository.publish();
    const std::map<std::string, char> choices{{"1.root.json", 5},
                                              {"1.snapshot.json", 6},
                                              {"timestamp.json", 7},
                                              {"1.targets.json", 8},
                                              {"1.releases.json", 9}};
    for (const auto& [name, choice] : choices)
        if (const auto file = repository.files.find(name); file != repository.files.end())
            corpus.add("metadata", "seed-tuf-" + name, choice + file->second);
}

void add_text(const Corpus& corpus) {
    corpus.add("text", 0,
               {"2026-12-05T19:21:15.451101309Z", "1969-12-31T23:59:59-12:30", "0000-02-29T00:00:00Z",
                "9999-12-31T23:59:60+23:59"});
    corpus.add("text", 1, {"00ffAB", "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=", "_-8", "AA==", "AB=="});
    corpus.add("text", 2,
               {"registry.example/team/app", "targets/releases/a_b-c", "root", "a/../b", "\xc3\xa9/\xf0\x9f\x98\x80",
                "targets//a"});
    corpus.add("text", 3,
               {"/v2/a/b/_trust/tuf/root.json", "/v2/a/_trust/tuf/_trust/tuf/1.root.json",
                concat("/v2/a/_trust/tuf/targets/x.", std::string(64, 'a'), ".json"), "/v2/a/_trust/tuf/timestamp.key",
                "/v2/a/_trust/changefeed", "/v2/a/_trust/tuf/"});
    corpus.add("text", 4,
               {"https://host:4443/prefix/", "http://[::1]:80", "https://user@host", "host", "https://h:65536"});
    corpus.add("text", 5, {"warn", "fatal"});
    corpus.add("text", 6, {"..", "../x", "team/a", "a b?#", std::string(300, 'n')});
    corpus.add("text", 7, {"../c?d#e", "//host/x", "https://user@[::1]:8443/a%2Fb"});
}

void add_http(const Corpus& corpus) {
    const Bytes split("\0\x40", 2);
    corpus.add("http", "seed-get", split + "GET /v2/a/_trust/tuf/root.json?x=%20 HTTP/1.1\r\nHost: h\r\n\r\n");
    corpus.add("http", "seed-unclean", split + "GET http://h/a//b/./%2e%2E/c%20 HTTP/1.1\r\nHost: h\r\n\r\n");
    corpus.add("http", "seed-post",
               split + "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc");
    corpus.add("http", "seed-chunked",
               split +
                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n"
                   "3;e=1\r\nabc\r\n0\r\nx: y\r\n\r\n");
    corpus.add("http", "seed-old", split + "DELETE /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    corpus.add("multipart", "seed-two",
               "multipart/form-data; boundary=XX\n--XX\r\nContent-Disposition: form-data; name=\"files\"; "
               "filename=\"ro\\\"ot\"\r\nContent-Type: x\r\n\r\n{}\r\n--XX\r\n\r\n\r\n--XX--\r\n");
    corpus.add(
        "multipart", "seed-odd",
        "Multipart/Mixed; charset=x; boundary=\"a b\"\nhello\r\n--a b \r\nfilename: y\r\n\r\nx\r\n--a b--\r\nbye");
}

void add_changelist(const Corpus& corpus) {
    const auto add = [&](const std::string& name, const std::vector<std::string>& fields, const std::string& data) {
        const tuf::Json file{{"action", fields[0]},
                             {"role", fields[1]},
                             {"type", fields[2]},
                             {"path", fields[3]},
                             {"data", to_base64(data)}};
        corpus.add("changelist", concat("seed-", name), concat('\0', file.dump()));
        corpus.add("changelist", concat("seed-parts-", name),
                   concat('\1', fields[0], "\n", fields[1], "\n", fields[2], "\n", fields[3], "\n", data));
    };
    const auto key = tuf::to_json(History::notary().keys.front()).dump();
    const std::string edit =
        concat(R"({"threshold":1,"add_keys":[)", key, R"(],"remove_keys":["a"],"add_paths":["a",""],)",
               R"("remove_paths":["b"],"clear_paths":true})");
    add("target", {"create", "targets", "target", "v1"}, R"({"length":1,"hashes":{"sha256":"AA=="},"custom":{"a":1}})");
    add("delete", {"delete", "targets/a", "target", "v1"}, "");
    add("delegation", {"create", "targets/b", "delegation", ""}, edit);
    add("update", {"update", "targets/a", "delegation", ""}, edit);
    add("purge", {"delete", "targets/*", "delegation", ""}, R"({"remove_keys":["a"]})");
    add("witness", {"update", "targets/a", "witness", ""}, "");
}

void add_key_files(const Corpus& corpus, const filesystem::path& vectors) {
    const auto key = tuf::PrivateKey::generate_ed25519();
    corpus.add("key_file", "seed-encrypted",
               client::encrypt_private_key(key, Secret("passphrase"), {{"role", "targets"}, {"gun", "a/b"}}));
    for (const auto& file : filesystem::directory_iterator(vectors / "notary"))
        if (file.path().extension() == ".key")
            corpus.add("key_file", "seed-notary", client::read_required(file.path()));
    unsigned char* der = nullptr;
    const int size = i2d_PrivateKey(tuf::PrivateKey::generate_ecdsa_p256().handle(), &der);
    const std::string base64 = to_base64({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    corpus.add("key_file", "seed-sec1",
               concat("-----BEGIN EC PRIVATE KEY-----\nrole: root\r\n\n", base64, "\n-----END EC PRIVATE KEY-----\n"));
}

void add_configs(const Corpus& corpus) {
    corpus.add("config", 0,
               {R"({"server":{"http_addr":":4443","tls_cert_file":"c","tls_key_file":"k"},"logging":{"level":"info"},)"
                R"("trust_service":{"type":"remote","hostname":"h","port":"7899","key_algorithm":"ecdsa"},)"
                R"("storage":{"backend":"sqlite","db_url":"s.db"},"repositories":{"gun_prefixes":["a/"]},)"
                R"("caching":{"max_age":{"current_metadata":300}}})"});
    corpus.add("config", 1,
               {R"({"server":{"grpc_addr":"127.0.0.1:0","tls_cert_file":"c","tls_key_file":"k","client_ca_file":"a"},)"
                R"("storage":{"backend":"sqlite","db_url":"s.db"},)"
                R"("vault":{"type":"token","token_label":"t","pin_file":"pin","sessions":4}})"});
    corpus.add("config", 2,
               {R"({"trust_dir":"~/.t","remote_server":{"url":"https://h","root_ca":"ca","skipTLSVerify":false},)"
                R"("trust_pinning":{"disable_tofu":true,"certs":{"a/*":["00"]}}})"});
}

/// Operations of the state machines, by their numbers in scene.cc and NAME_fuzz.cc.
void add_operations(const Corpus& corpus) {
    for (char at = 0; at < 6; ++at) {
        for (const char* target : {"pull", "tuf_pull"})
            corpus.add(target, concat("seed-refresh-", int{at}), Bytes{0, at, 1, 2, 1});
        corpus.add("upload", concat("seed-first-", int{at}), Bytes{0, at, 0});
        corpus.add("upload", concat("seed-next-", int{at}), Bytes{at, at, 2});
    }
    for (const char* target : {"pull", "tuf_pull"}) {
        corpus.add(target, "seed-rollback", Bytes{0, 2, 1, 4, 1, 0, 1, 0, 1, 2, 1});
        corpus.add(target, "seed-relisted", Bytes{2, 2, 4, 3, 6, 0, 9, 0, 3, 3, 36, 0, 0, 2, 2, 1});
        // Root by root from the first to the last.
        Bytes chain{2, 2};
        for (char at = 3; at < 6; ++at) chain += {4, 0, 0, at, 0, 3, 0};
        corpus.add(target, "seed-roots", chain + Bytes{0, 2, 2, 1});
    }
    corpus.add("upload", "seed-relisted", Bytes{3, 3, 0, 1, 3, 6, 0, 9, 0, 3, 3, 36, 0, 0, 2, 2});
}

}  // namespace
}  // namespace sello::fuzz

int main(int argc, char** argv) {
    using namespace sello::fuzz;  // NOLINT(google-build-using-namespace): the whole program
    if (argc != 3) {
        std::cerr << "usage: fuzz_seeds CORPUS VECTORS\n";
        return 2;
    }
    const Corpus corpus(argv[1]);
    add_json(corpus);
    add_metadata(corpus, argv[2]);
    add_keys(corpus);
    add_tuf_keys(corpus);
    add_paths(corpus);
    add_tuf_metadata(corpus);
    add_text(corpus);
    add_http(corpus);
    add_changelist(corpus);
    add_key_files(corpus, argv[2]);
    add_configs(corpus);
    add_operations(corpus);
    return 0;
}
