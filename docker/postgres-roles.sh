#!/bin/sh
# Run once by the postgres image on an empty volume: the two roles and the database, as bin/run makes them.
set -eu
psql -v ON_ERROR_STOP=1 -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" \
  -U "$POSTGRES_USER" -d postgres <<'SQL'
create role cadre_owner login createdb password :'owner_password';
create role cadre_app login password :'app_password';
grant cadre_app to cadre_owner with inherit false, set true;
create database cadre owner cadre_owner template template0 encoding 'UTF8'
  locale_provider builtin builtin_locale 'C.UTF-8' locale 'C.UTF-8';
SQL
