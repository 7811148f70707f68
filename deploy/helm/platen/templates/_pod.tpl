{{- /* What all pods have in common. */ -}}

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
    secret: {secretName: {{ .root.Values.secrets.s3 }}, defaultMode: 0440}
  - name: master
    secret: {secretName: {{ .root.Values.secrets.master }}, defaultMode: 0440}
  - name: keys
    emptyDir: {medium: Memory, sizeLimit: 1Mi}
initContainers: # a secret can be read by a group, and Platen takes no master key that others may read
  - name: keys
    image: {{ .root.Values.image | quote }}
    command: [install, -m, "0400", /run/master/master.key, /run/keys/master.key]
    securityContext: {{- include "platen.closed" . | nindent 6 }}
    volumeMounts:
      - {name: master, mountPath: /run/master, readOnly: true}
      - {name: keys, mountPath: /run/keys}
{{- end }}

{{- define "platen.closed" -}}
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
capabilities: {drop: [ALL]}
{{- end }}

{{- define "platen.container" -}}
image: {{ .root.Values.image | quote }}
securityContext: {{- include "platen.closed" . | nindent 2 }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: s3, mountPath: /run/s3, readOnly: true}
  - {name: keys, mountPath: /run/keys, readOnly: true}
{{- end }}

{{- define "platen.store" -}}
- {name: PLATEN_LOG_FORMAT, value: json}
- {name: PLATEN_BUCKET, value: {{ required "bucket: where documents are kept" .root.Values.bucket | quote }}}
- {name: PLATEN_MASTER_KEY, value: /run/keys/master.key}
- {name: PLATEN_S3_ACCESS_KEY_FILE, value: /run/s3/access-key}
- {name: PLATEN_S3_SECRET_KEY_FILE, value: /run/s3/secret-key}
{{- end }}

{{- define "platen.env" -}}
{{ include "platen.store" . }}
- {name: PLATEN_REDIS, value: {{ required "redis: through which API and workers share the queue" .root.Values.redis | quote }}}
{{- if .root.Values.templates }}
- {name: PLATEN_TEMPLATES, value: {{ .root.Values.templates | quote }}}
{{- end }}
{{- end }}
