# Grafana with the ClickHouse plugin inside, so that it starts on a network without internet.
#   docker build --file docker/grafana.Dockerfile --tag portclock-grafana:13.2.3 docker
FROM grafana/grafana:13.2.3
USER 0:0
RUN grafana cli --pluginsDir /opt/plugins plugins install grafana-clickhouse-datasource 4.20.0 \
    && chown -R 472:0 /opt/plugins
ENV GF_PATHS_PLUGINS=/opt/plugins
USER 472:0
