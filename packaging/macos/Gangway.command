#!/bin/sh
# Starts MCP Gangway in a window of Terminal: double-click it, or add it under System Settings › General › Login Items.
# Ctrl+C in that window, or closing it, stops it.
#
# It may lie in the checkout, in the npm package or anywhere else, such as on the Desktop: a copy finds the command mcp-gangway,
# ~/mcp-gangway, or the app. Options go into the next line, before "$@"; mcp-gangway --help lists them. For example:
#   set -- --config "$HOME/mcp-servers.json" "$@"
set -- "$@"

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
  zh*) chinese=1 ;;
  *) chinese= ;;
esac
say() {
  if [ -n "$chinese" ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}

# A link leads to where the file itself lies.
self=$0
while [ -h "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=${self%/*}/$target ;;
  esac
done
here=$(cd "$(dirname "$self")" && pwd) || exit 1

# Finder's Terminal has the PATH of a login shell; these are where Homebrew and Node's installer put their programs.
PATH=$PATH:/opt/homebrew/bin:/usr/local/bin
export PATH

# `npm run serve` builds what has changed, and runs on the Node that the project brings.
serve_from() {
  if [ ! -d "$1/node_modules" ]; then
    say "$1 is not installed yet. In Terminal: cd \"$1\" && npm ci" "$1 尚未安裝。請在終端機執行：cd \"$1\" && npm ci"
    exit 1
  fi
  root=$1
  shift
  cd "$root" && exec npm run --silent serve -- "$@"
}

is_checkout() {
  [ -f "$1/package.json" ] && [ -f "$1/build/build.ts" ] && grep -q '"name": "mcp-gangway"' "$1/package.json"
}

checkout=$here/../..
if is_checkout "$checkout"; then serve_from "$(cd "$checkout" && pwd)" "$@"; fi
if [ -f "$here/cli.cjs" ]; then exec node "$here/cli.cjs" "$@"; fi
if command -v mcp-gangway >/dev/null; then exec mcp-gangway "$@"; fi
if is_checkout "$HOME/mcp-gangway"; then serve_from "$HOME/mcp-gangway" "$@"; fi
for apps in "$HOME/Applications" /Applications; do
  program="$apps/MCP Gangway.app/Contents/Resources/bin/mcp-gangway"
  if [ -x "$program" ]; then exec "$program" "$@"; fi
done
say 'MCP Gangway was not found: not beside this file, not as the command mcp-gangway, not in ~/mcp-gangway, and no app. Install it, or put this file back into its folder.' \
  '找不到 MCP Gangway：這個檔案旁邊、mcp-gangway 指令、~/mcp-gangway 與 App 都沒有。請先安裝，或把這個檔案放回原來的資料夾。'
exit 1
