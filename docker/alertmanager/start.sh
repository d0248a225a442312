#!/bin/sh
# Put the addresses of the environment into alertmanager.yml, then become Alertmanager.
# Alertmanager reads no environment itself. A value may hold any character but a line's end.
#
#   PORTCLOCK_WATCH_BY         webhook or mail
#   PORTCLOCK_WATCH_WEBHOOK    where troubles are posted
#   PORTCLOCK_WATCH_HEARTBEAT  where the sign of life is posted every five minutes
#   PORTCLOCK_WATCH_MAIL_TO, _MAIL_FROM, _MAIL_HOST (host:port)
#   PORTCLOCK_WATCH_MAIL_TLS   false where the mail server speaks no TLS
set -eu

template=${TEMPLATE:-/etc/alertmanager/alertmanager.yml}
made=${MADE:-/tmp/alertmanager.yml}

# As a single-quoted YAML text (a quote is doubled), inside a sed replacement (\ & | are escaped).
quoted() { printf '%s' "$1" | sed -e "s/'/''/g" -e 's/[\\&|]/\\&/g'; }

case ${PORTCLOCK_WATCH_BY:-webhook} in
webhook | mail) ;;
*) echo "PORTCLOCK_WATCH_BY is webhook or mail, not $PORTCLOCK_WATCH_BY" >&2 && exit 78 ;;
esac
case ${PORTCLOCK_WATCH_MAIL_TLS:-true} in
true | false) ;;
*) echo "PORTCLOCK_WATCH_MAIL_TLS is true or false, not $PORTCLOCK_WATCH_MAIL_TLS" >&2 && exit 78 ;;
esac

sed \
  -e "s|^  receiver: webhook\$|  receiver: ${PORTCLOCK_WATCH_BY:-webhook}|" \
  -e "s|'http://hook.example.org/portclock'|'$(quoted "${PORTCLOCK_WATCH_WEBHOOK:-http://hook.example.org/portclock}")'|" \
  -e "s|'http://hook.example.org/portclock-heartbeat'|'$(quoted "${PORTCLOCK_WATCH_HEARTBEAT:-http://hook.example.org/portclock-heartbeat}")'|" \
  -e "s|'port-operations@example.org'|'$(quoted "${PORTCLOCK_WATCH_MAIL_TO:-port-operations@example.org}")'|" \
  -e "s|'portclock@example.org'|'$(quoted "${PORTCLOCK_WATCH_MAIL_FROM:-portclock@example.org}")'|" \
  -e "s|'mail.example.org:25'|'$(quoted "${PORTCLOCK_WATCH_MAIL_HOST:-mail.example.org:25}")'|" \
  -e "s|^  smtp_require_tls: true\$|  smtp_require_tls: ${PORTCLOCK_WATCH_MAIL_TLS:-true}|" \
  "$template" > "$made"

exec "${ALERTMANAGER:-/bin/alertmanager}" --config.file="$made" "$@"
