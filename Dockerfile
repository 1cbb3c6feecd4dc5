# One image for every part: leadstream gateway | worker | topics apply.
FROM python:3.11.13-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY leads leads
COPY matchers matchers
COPY routing routing
COPY stores stores
COPY streams streams
COPY gateway gateway
COPY leadstream leadstream
RUN python -m venv /app \
    && /app/bin/pip install --no-cache-dir --disable-pip-version-check -c requirements.lock ".[kafka]" \
    && /app/bin/pip uninstall --yes --quiet pip setuptools

FROM python:3.11.13-slim-bookworm
COPY --from=build /app /app
# /data belongs to the user, so a named volume that is mounted there does too.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin leadstream \
    && install -d -o 10001 -g 10001 -m 0700 /data
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LEADSTREAM_DATA=/data
WORKDIR /data
USER 10001:10001
EXPOSE 8080 9464
STOPSIGNAL SIGTERM
# The gateway's; Compose gives a worker the one for its own port.
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=3)"]
ENTRYPOINT ["leadstream"]
CMD ["gateway"]
