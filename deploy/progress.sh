# shellcheck shell=bash
# To be sourced.

# Ninja's `[12/345] ...` lines as one line that moves; on a pipe, as a line now and then.
show_progress() {
    local line last=0
    while IFS= read -r line; do
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
        if [[ -t 1 ]]; then
            printf '\r      %s of %s' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
        elif ((BASH_REMATCH[1] >= last + 50)); then
            last=${BASH_REMATCH[1]}
            printf '      %s of %s\n' "$last" "${BASH_REMATCH[2]}"
        fi
    done
    if [[ -t 1 ]]; then printf '\n'; fi
}
