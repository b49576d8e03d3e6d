// Load on a running signer that speaks Notary's services, sello-signer or notary-signer: Sign calls a second over
// mutual TLS. Usage: sign_load HOST:PORT CA_FILE CERT_FILE KEY_FILE CALLERS CONNECTIONS SECONDS. Prints one line of
// JSON.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "schemas/signer.grpc.pb.h"

namespace {

std::string read_all(const char* path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

std::shared_ptr<grpc::Channel> connect(char** argv) {
    grpc::SslCredentialsOptions tls{read_all(argv[2]), read_all(argv[4]), read_all(argv[3])};
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(argv[1], grpc::SslCredentials(tls), arguments);
}

/// A message of the size that a timestamp has.
const std::string kMessage(300, 'm');

bool sign(proto::Signer::Stub& stub, const std::string& key_id) {
    grpc::ClientContext context;
    proto::SignatureRequest request;
    request.mutable_keyid()->set_id(key_id);
    request.set_content(kMessage);
    proto::Signature reply;
    return stub.Sign(&context, request, &reply).ok() && reply.content().size() == 64;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 8) {
        (void)std::fputs("usage: sign_load HOST:PORT CA CERT KEY CALLERS CONNECTIONS SECONDS\n", stderr);
        return 2;
    }
    const std::size_t callers = std::strtoul(argv[5], nullptr, 10);
    const std::size_t connections = std::strtoul(argv[6], nullptr, 10);
    const std::chrono::duration<double> length(std::strtod(argv[7], nullptr));
    std::vector<std::shared_ptr<grpc::Channel>> channels;
    for (std::size_t i = 0; i < connections; ++i) channels.push_back(connect(argv));

    grpc::ClientContext context;
    proto::CreateKeyRequest request;
    request.set_algorithm("ecdsa");
    request.set_gun("bench/sign");
    request.set_role("timestamp");
    proto::PublicKey key;
    const grpc::Status made = proto::KeyManagement::NewStub(channels[0])->CreateKey(&context, request, &key);
    if (!made.ok()) {
        (void)std::fprintf(stderr, "CreateKey: %s\n", made.error_message().c_str());
        return 1;
    }

    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> failed = 0;
    std::vector<std::vector<double>> micros(callers);
    std::vector<std::thread> threads;
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    for (std::size_t t = 0; t < callers; ++t)
        threads.emplace_back([&, t] {
            const auto stub = proto::Signer::NewStub(channels[t % channels.size()]);
            while (!stop) {
                const auto sent = Clock::now();
                if (!sign(*stub, key.keyinfo().keyid().id())) ++failed;
                micros[t].push_back(std::chrono::duration<double, std::micro>(Clock::now() - sent).count());
            }
        });
    std::this_thread::sleep_for(length);
    stop = true;
    for (std::thread& thread : threads) thread.join();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();

    std::vector<double> all;
    for (const auto& mine : micros) all.insert(all.end(), mine.begin(), mine.end());
    std::sort(all.begin(), all.end());
    std::printf(
        "{\"callers\":%zu,\"connections\":%zu,\"per_second\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"failed\":%lu}\n",
        callers, connections, static_cast<double>(all.size()) / seconds, all[all.size() / 2],
        all[all.size() * 99 / 100], static_cast<unsigned long>(failed));
    return failed == 0 ? 0 : 1;
}
