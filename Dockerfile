# Postrider as an image. It holds the command and nothing of a newsletter: mount the newsletter's folder at
# /newsletter. Nothing is written elsewhere, so the image runs read-only; only a ledger on SQLite writes at all,
# into /newsletter/.postrider. docker-compose.yml shows it at work.
#
#   docker build --tag postrider .
#   docker run --rm --init --volume "$PWD:/newsletter" postrider plan --issue 2023-01
#
# There is no HEALTHCHECK: what healthy means differs from one command to the next. And --init: a process with
# number 1 ignores every signal that it does not handle, so Ctrl-C would not end a short command.

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No script of any package is run: what is native comes built. So the npm package `node`, which brings Node along
# in a checkout, stays an empty shell, and the image's own Node is used.
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY config config
COPY src src
COPY workers workers
RUN npm run build

FROM node:24-bookworm-slim
# Git says which commit an issue comes from. A mounted folder belongs to somebody else than the user here, and git
# reads such a repository only where it is told to. openssl is for docker-compose.yml: it makes Mailpit's certificate.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git openssl \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory /newsletter
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json README.md CHANGELOG.md LICENSE ./
COPY bin bin
COPY config/*.yaml config/
COPY templates templates
COPY issues issues
# `docker exec … postrider status` finds the command too. A new volume at /newsletter takes over this owner.
RUN ln -s /app/bin/postrider.js /usr/local/bin/postrider \
    && install --directory --owner=node --group=node /newsletter
ENV NODE_ENV=production
USER node
WORKDIR /newsletter
# What is on the wire finishes; that takes 30 seconds at most, so give it more before it is killed.
STOPSIGNAL SIGTERM
# The flag is that of the first line of bin/postrider.js.
ENTRYPOINT ["node", "--max-semi-space-size=8", "/app/bin/postrider.js"]
CMD ["--help"]
