FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -o /coachflow .

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && install -d -o nobody -g nogroup /var/lib/coachflow
COPY --from=build /coachflow /usr/local/bin/coachflow
USER nobody
EXPOSE 8080
ENTRYPOINT ["coachflow"]
