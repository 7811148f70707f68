# The image of Platen: the program, a headless browser and the font set.
# deploy/README.md says how to build and run it, and why it is as it is.

FROM golang:1.26.10-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
# No C, no paths of this stage and no build id: the same source gives the same program.
RUN CGO_ENABLED=0 GOTOOLCHAIN=local \
    go build -trimpath -buildvcs=false -ldflags='-s -w -buildid=' -o /platen ./cmd/platen

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Platen" \
      org.opencontainers.image.description="Turns JSON batch records into controlled PDF documents" \
      org.opencontainers.image.source="https://github.com/dicode/platen"

RUN --mount=type=bind,source=scripts/install,target=/mnt/install \
    /mnt/install run && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log

# Numbers, not names: an orchestrator can see that this is not root.
RUN install -d -m 0700 -o 10001 -g 10001 /var/lib/platen /var/lib/platen-keys
USER 10001:10001
ENV HOME=/tmp \
    XDG_DATA_HOME=/var/lib \
    PLATEN_MASTER_KEY=/var/lib/platen-keys/master.key
VOLUME ["/var/lib/platen", "/var/lib/platen-keys"]
WORKDIR /data

COPY --from=build /platen /usr/local/bin/platen
HEALTHCHECK NONE
ENTRYPOINT ["platen"]
CMD ["help"]
