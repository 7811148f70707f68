{{- /* What API and workers have in common. */ -}}

{{- define "platen.labels" -}}
app.kubernetes.io/name: platen
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "platen.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: Localhost, localhostProfile: {{ .root.Values.seccompProfile | quote }}}
terminationGracePeriodSeconds: 60
volumes:
  - name: tmp
    emptyDir: {medium: Memory, sizeLimit: {{ .root.Values.scratch }}}
  - name: s3
    secret: {secretName: {{ .root.Values.secrets.s3 }}, defaultMode: 0400}
  - name: master
    secret: {secretName: {{ .root.Values.secrets.master }}, defaultMode: 0400}
{{- end }}

{{- define "platen.container" -}}
image: {{ .root.Values.image | quote }}
securityContext:
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: s3, mountPath: /run/s3, readOnly: true}
  - {name: master, mountPath: /run/master, readOnly: true}
{{- end }}

{{- define "platen.env" -}}
- {name: PLATEN_LOG_FORMAT, value: json}
- {name: PLATEN_BUCKET, value: {{ required "bucket: where documents are kept" .root.Values.bucket | quote }}}
- {name: PLATEN_REDIS, value: {{ required "redis: through which API and workers share the queue" .root.Values.redis | quote }}}
- {name: PLATEN_MASTER_KEY, value: /run/master/master.key}
- {name: PLATEN_S3_ACCESS_KEY_FILE, value: /run/s3/access-key}
- {name: PLATEN_S3_SECRET_KEY_FILE, value: /run/s3/secret-key}
{{- if .root.Values.templates }}
- {name: PLATEN_TEMPLATES, value: {{ .root.Values.templates | quote }}}
{{- end }}
{{- end }}
