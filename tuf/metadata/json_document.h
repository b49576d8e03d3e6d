#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tuf/base/bytes.h"
#include "tuf/metadata/json.h"

namespace sello::tuf {

enum class JsonKind : std::uint8_t { Null, Boolean, Integer, Real, String, List, Object };

class JsonView;

/// A JSON text and an index of the values in it: read in one pass and then looked into where it lies, in a fraction of
/// the time and memory that a tree takes. For what comes from outside; what is written is built as a `Json`.
class JsonDocument {
public:
    /// Parses JSON (RFC 8259, UTF-8) strictly: duplicate member names, invalid UTF-8, lone surrogates, and anything but
    /// white space after the value are refused. Throws Error(Fault::Malformed), or Fault::TooLarge past a limit.
    [[nodiscard]] static JsonDocument parse(Bytes text, const JsonLimits& limits = {});

    /// Good for as long as the document stays where it is.
    [[nodiscard]] JsonView root() const;
    [[nodiscard]] const Bytes& text() const& { return text_; }
    [[nodiscard]] Bytes text() && { return std::move(text_); }
    /// How many values of any kind; names of members do not count.
    [[nodiscard]] std::size_t values() const { return values_; }

private:
    friend class JsonIndexer;
    friend class JsonView;

    /// A value, or the name of a member, which stands before its value. Members stand sorted by the bytes of their
    /// names.
    struct Node {
        std::uint32_t begin;  ///< of the text of a string, name or number, in `text_` or `rewritten_`
        std::uint32_t size;   ///< of that text; of a list or object, its items or members; of a boolean, 0 or 1
        std::uint32_t span;   ///< of this node and all that it holds, in nodes
        JsonKind kind;
        bool is_rewritten;  ///< had escapes, which `rewritten_` has resolved
    };

    Bytes text_;
    Bytes rewritten_;
    std::vector<Node> nodes_;
    std::size_t values_ = 0;
};

/// One value in a JsonDocument.
class JsonView {
public:
    JsonView(const JsonDocument& document, std::uint32_t node) : document_(&document), node_(node) {}

    [[nodiscard]] JsonKind kind() const { return node().kind; }
    [[nodiscard]] bool is_object() const { return kind() == JsonKind::Object; }
    [[nodiscard]] bool is_list() const { return kind() == JsonKind::List; }
    [[nodiscard]] bool is_string() const { return kind() == JsonKind::String; }
    /// Of a boolean.
    [[nodiscard]] bool boolean() const { return node().size != 0; }
    /// Of a string, its escapes resolved; of a number, its digits as they were written.
    [[nodiscard]] std::string_view text() const;
    /// How many items or members; of a list or an object.
    [[nodiscard]] std::size_t size() const { return node().size; }
    /// nullopt if it is no object, or has no such member.
    [[nodiscard]] std::optional<JsonView> find(std::string_view name) const;

    class Items;
    class Members;
    /// Of a list.
    [[nodiscard]] Items items() const;
    /// Of an object, sorted by the bytes of their names: a range of {name, value}.
    [[nodiscard]] Members members() const;

    /// As a tree of its own. Integers beyond 64 bits: see is_long_integer().
    [[nodiscard]] Json tree() const;

private:
    [[nodiscard]] const JsonDocument::Node& node() const { return document_->nodes_[node_]; }
    [[nodiscard]] std::uint32_t end() const { return node_ + node().span; }

    const JsonDocument* document_;
    std::uint32_t node_;
};

class JsonView::Items {
public:
    class Iterator {
    public:
        explicit Iterator(JsonView at) : at_(at) {}
        JsonView operator*() const { return at_; }
        Iterator& operator++() {
            at_.node_ = at_.end();
            return *this;
        }
        bool operator==(const Iterator& other) const { return at_.node_ == other.at_.node_; }

    private:
        JsonView at_;
    };

    explicit Items(JsonView list) : list_(list) {}
    [[nodiscard]] Iterator begin() const { return Iterator({*list_.document_, list_.node_ + 1}); }
    [[nodiscard]] Iterator end() const { return Iterator({*list_.document_, list_.end()}); }

private:
    JsonView list_;
};

class JsonView::Members {
public:
    struct Member {
        std::string_view name;
        JsonView value;
    };

    class Iterator {
    public:
        explicit Iterator(JsonView name) : name_(name) {}
        Member operator*() const { return {name_.text(), value()}; }
        Iterator& operator++() {
            name_.node_ = value().end();
            return *this;
        }
        bool operator==(const Iterator& other) const { return name_.node_ == other.name_.node_; }

    private:
        [[nodiscard]] JsonView value() const { return {*name_.document_, name_.node_ + 1}; }

        JsonView name_;
    };

    explicit Members(JsonView object) : object_(object) {}
    [[nodiscard]] Iterator begin() const { return Iterator({*object_.document_, object_.node_ + 1}); }
    [[nodiscard]] Iterator end() const { return Iterator({*object_.document_, object_.end()}); }

private:
    JsonView object_;
};

inline JsonView JsonDocument::root() const { return {*this, 0}; }
inline JsonView::Items JsonView::items() const { return Items(*this); }
inline JsonView::Members JsonView::members() const { return Members(*this); }

inline std::string_view JsonView::text() const {
    const JsonDocument::Node& at = node();
    return ByteView(at.is_rewritten ? document_->rewritten_ : document_->text_).substr(at.begin, at.size);
}

}  // namespace sello::tuf
