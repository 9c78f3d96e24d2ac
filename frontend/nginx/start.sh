#!/bin/sh
# Runs nginx, tells it where the services are, and tells it again when their containers come back at other addresses:
# open-source nginx asks for names only when it starts, and does not start where one is unknown.
set -eu

# An empty setting counts as unset. PICTURE_STORE=none: browsers go to the account themselves.
export PRODUCT_SERVICE="${PRODUCT_SERVICE:-product_service:8000}"
export ORDER_SERVICE="${ORDER_SERVICE:-order_service:8001}"
export PICTURE_STORE="${PICTURE_STORE:-azurite:10000/tallyshop}"
case $PICTURE_STORE in
    # An endpoint that names its account in the path is one that browsers reach through here.
    http://*:*/?*) PICTURE_STORE=${PICTURE_STORE#http://} ;;
    *://*) PICTURE_STORE=none ;;
esac
export AZURE_STORAGE_CONTAINER_NAME="${AZURE_STORAGE_CONTAINER_NAME:-product-images}"
export PICTURE_ENDPOINT="${PICTURE_ENDPOINT:-${PUBLIC_URL:-}}"
export NGINX_ENVSUBST_FILTER='^(PICTURE_STORE|AZURE_STORAGE_CONTAINER_NAME|PICTURE_ENDPOINT)$'
run=$NGINX_ENVSUBST_OUTPUT_DIR

main() {
    rm -rf "$run"
    mkdir "$run" 2>/dev/null || fail "The front needs a folder that it can write: run it with --tmpfs /tmp."
    locate_all || true
    mkfifo "$run/log"
    without_queries <"$run/log" >&2 &
    filter=$!
    /docker-entrypoint.sh "$@" 2>"$run/log" &
    nginx=$!
    follow &
    follower=$!
    trap stop TERM INT QUIT
    status=0
    wait "$nginx" || status=$?
    # A signal ends a wait, too.
    while kill -0 "$nginx" 2>/dev/null; do
        status=0
        wait "$nginx" || status=$?
    done
    kill "$follower" 2>/dev/null || true
    # Workers whose master was killed would keep its pipe open for ever.
    (sleep 1 && kill "$filter") 2>/dev/null &
    wait "$filter" || true
    exit "$status"
}

# Lets requests in flight end, for as long as a stop may take.
stop() {
    kill "$follower" 2>/dev/null || true
    kill -QUIT "$nginx" 2>/dev/null || true
    (sleep 7 && kill -TERM "$nginx" 2>/dev/null) &
}

# Reloads nginx when an address changes: new requests go to the new one, those in flight end where they are.
follow() {
    changed=
    while sleep 2; do
        if locate_all; then changed=yes; fi
        if [ -n "$changed" ] && [ -s "$run/nginx.pid" ] && kill -HUP "$nginx"; then changed=; fi
    done
}

# True when an address is another than before.
locate_all() {
    news=1
    locate product_service "$PRODUCT_SERVICE" && news=0
    locate order_service "$ORDER_SERVICE" && news=0
    if [ "$PICTURE_STORE" != none ]; then locate picture_store "${PICTURE_STORE%%/*}" && news=0; fi
    return "$news"
}

# Writes where a service is. One that was never found is refused at once; one that is not found any more stays where it was,
# as the name service may only be busy. Connections are kept for less than any Node keeps them (5 s): a request sent as the
# service closes could not be sent again.
locate() {
    file=$run/$1.upstream
    found=$(timeout 2 getent ahostsv4 "${2%:*}" | awk '{ print $1 }' | sort -u)
    if [ -z "$found" ] && [ -e "$file" ]; then return 1; fi
    servers=
    for address in $found; do servers="$servers server $address:${2##*:};"; done
    said="upstream $1 {${servers:- server 127.0.0.1:1 down;} keepalive 32; keepalive_timeout 4s; }"
    if [ -e "$file" ] && [ "$said" = "$(cat "$file")" ]; then return 1; fi
    echo "$said" >"$file"
    echo "$1 is at" ${found:-"no address that is known yet"} >&2
}

# Signed addresses are for nobody to read.
without_queries() {
    busybox awk '{ gsub(/\?[^ ]*/, "?…"); print; fflush() }'
}

fail() {
    echo "$1" >&2
    exit 1
}

main "$@"
