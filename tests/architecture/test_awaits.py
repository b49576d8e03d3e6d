"""Awaiting statements are of the kind that GCC 12 compiles rightly."""

import unittest

import awaits
import sources


class AwaitTest(unittest.TestCase):
    def test_no_awaiting_statement_is_a_hazard(self):
        found = [f"{path}:{line}: {reason} in an awaiting statement" for path in sources.files(".h", ".cc")
                 for line, reason in awaits.faults(sources.read(path))]

        self.assertFalse(found, "\n" + "\n".join(found))

    def test_only_the_http_folder_has_coroutines(self):
        others = [str(path) for path in sources.files(".h", ".cc") if not path.as_posix().startswith("server/http/")
                  and ("co_await" in sources.code_only(sources.read(path)))]

        self.assertFalse(others)

    def test_hazards_are_found(self):
        for code in ("co_await store(Request{.path = path});", "auto x = co_await f([&] { return 1; });",
                     "co_await f([](int y) { return y; });", "auto x = flag ? co_await f() : 0;",
                     "co_await f(flag ? a : b);", "g(Bar{1}, co_await f());", "if (co_await f(Bar{})) { g(); }",
                     "co_await f(std::vector<int>{1, 2});", "co_await (a || b({1, 2}));"):
            with self.subTest(code):
                self.assertTrue(awaits.faults("awaitable<void> w() {\n" + code + "\n}"), code)

    def test_harmless_statements_pass(self):
        for code in ("co_await store(std::move(request));", "auto [a, b] = co_await f(x, y[1]);",
                     "while (co_await next(x)) { g(Bar{1}); }", "if (auto n = co_await f(); n > 0) { g(); }",
                     "Request r{.path = p};\nco_await store(std::move(r));", "auto f = [] { return 1; };\nco_await g(f);",
                     "for (;;) { co_await f(); }", "co_return co_await f();", "// co_await f(Bar{})",
                     "const char* s = \"co_await {\";", "if (x) {\n}\nco_await f(g(), h());"):
            with self.subTest(code):
                self.assertFalse(awaits.faults("awaitable<void> w() {\n" + code + "\n}"), code)


if __name__ == "__main__":
    unittest.main()
