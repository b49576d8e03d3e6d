#include "tuf/base/secret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tuf/base/descriptor.h"
#include "tuf/base/error.h"

namespace sello {
Secret read_secret_file(const std::string& path) {
    constexpr std::size_t max_bytes = 4096;
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0)
        throw Error(Fault::BadConfiguration,
                    concat("secret file ", path, ": cannot be opened: ", std::strerror(errno)));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        throw Error(Fault::BadConfiguration, concat("secret file ", path, ": want a regular file"));
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw Error(
            Fault::BadConfiguration,
            concat("secret file ", path, ": others may read or write it; want mode 0600 (chmod 600 ", path, ")"));
    Bytes content(max_bytes + 1, '\0');
    const ssize_t size = ::read(file.get(), content.data(), content.size());
    std::size_t length = size < 0 ? 0 : static_cast<std::size_t>(size);
    const bool too_long = length > max_bytes;
    length = std::min(length, content.find('\n'));
    Secret secret(content.substr(0, length));
    wipe(content.data(), content.size());
    if (too_long) throw Error(Fault::BadConfiguration, concat("secret file ", path, ": longer than 4096 bytes"));
    if (secret.empty()) throw Error(Fault::BadConfiguration, concat("secret file ", path, ": its first line is empty"));
    return secret;
}

}  // namespace sello
