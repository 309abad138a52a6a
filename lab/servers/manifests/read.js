// Holds exported manifests against schemas: `node read.js TARGET FOLDER`. Each `policy_NUMBER.*` of the folder is parsed as
// YAML, held against the schema of its resource as its project publishes it, and against `schemas/TARGET.yaml`, which has what
// those leave out. Prints a line for each finding; the last one says how many files were read.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import { VirtualService } from '@kubernetes-models/istio/networking.istio.io/v1';
import { Middleware } from '@kubernetes-models/traefik/traefik.io/v1alpha1';
import Ajv from 'ajv/dist/2020.js';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1';
import { parseAllDocuments } from 'yaml';

// What is a resource of Kubernetes in a document; a file of Traefik has the body of one.
const resources = {
  'gateway-api': (document) => [HTTPRoute, document],
  istio: (document) => [VirtualService, document],
  'ingress-nginx': (document) => [Ingress, document],
  traefik: (document) => {
    const [[name, spec]] = Object.entries(document.http.middlewares);
    return [Middleware, { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', metadata: { name }, spec }];
  },
};

function complaint(Resource, body) {
  try {
    new Resource(structuredClone(body)).validate();
    return null;
  } catch (error) {
    return error.message;
  }
}

// The schemas take keys that they do not know. Such a key takes anything: a value that fits nowhere shows it.
function* unknownKeys(Resource, body, within = body, path = []) {
  for (const key of Object.keys(within)) {
    const [value, here] = [within[key], [...path, key]];
    if (value !== null && typeof value === 'object') {
      yield* unknownKeys(Resource, body, value, here);
      continue;
    }
    within[key] = [{ fits: ['nowhere'] }];
    if (!complaint(Resource, body)) yield `${here.join('.')} is unknown to the schema`;
    within[key] = value;
  }
}

const [target, folder] = process.argv.slice(2);
const [own] = parseAllDocuments(readFileSync(new URL(`schemas/${target}.yaml`, import.meta.url), 'utf8'));
const follows = new Ajv({ allErrors: true }).compile(own.toJS());
let read = 0;
for (const file of readdirSync(folder).sort()) {
  const say = (finding) => console.log(`${file}: ${finding}`);
  const documents = parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { strict: true });
  read += 1;
  for (const problem of documents.flatMap((one) => [...one.errors, ...one.warnings])) say(problem.message);
  if (documents.length !== 1) {
    say(`${documents.length} documents instead of one`);
    continue;
  }
  const document = documents[0].toJS();
  if (!follows(document)) for (const { instancePath, message } of follows.errors) say(`${instancePath} ${message}`);
  if (!(target in resources)) continue;
  const [Resource, body] = resources[target](document);
  const wrong = complaint(Resource, body);
  if (wrong) say(wrong);
  else for (const finding of unknownKeys(Resource, body)) say(finding);
}
console.log(`read ${read}`);
