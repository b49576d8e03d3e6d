#include "tuf/base/file.h"

#include <fstream>
#include <sstream>

#include "tuf/base/error.h"

namespace sello {

std::string read_configured_file(const std::string& subject, const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file || content.str().empty())
        throw Error(Fault::BadConfiguration, concat(subject, ": file ", path, " cannot be read"));
    return content.str();
}

}  // namespace sello
