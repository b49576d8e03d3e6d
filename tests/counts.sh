# shellcheck shell=bash
# Sums the lines `N passed, N failed, N skipped` that the suites end with. To be sourced.
passed=0
failed=0
skipped=0

# Adds the last such line of a file; a file without one, or where nothing ran, is a failure.
add_counts() {  # FILE
    local line
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$1" | tail -1)
    if [[ $line == "0 passed, 0 failed, 0 skipped" ]]; then
        failed=$((failed + 1))
    elif [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        skipped=$((skipped + BASH_REMATCH[3]))
    else
        failed=$((failed + 1))
    fi
}

print_counts() {
    echo "$passed passed, $failed failed, $skipped skipped"
}
