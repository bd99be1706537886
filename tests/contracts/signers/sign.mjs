// Signs and checks messages as senders and receivers elsewhere do: the library of Standard Webhooks,
// and for the two vendors what their documents say, with Node's own crypto. Reads JSON from its
// input: {do, secret, body, ...}, the body and a Standard secret in base64; prints headers or true.

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const VERBS = {
  standard({ secret, id, seconds, body }) {
    const at = new Date(seconds * 1000);
    const signature = new Webhook(secret).sign(id, at, body.toString("utf8"));
    return { "webhook-id": id, "webhook-timestamp": `${seconds}`, "webhook-signature": signature };
  },

  // Throws where the library does not believe it.
  verify_standard({ secret, headers, body }) {
    new Webhook(secret).verify(body.toString("utf8"), headers);
    return true;
  },

  openrouter({ secret, seconds, body }) {
    const hmac = createHmac("sha256", secret).update(`${seconds},`).update(body).digest("hex");
    return { "x-openrouter-signature": `t=${seconds},v1=${hmac}` };
  },

  kie({ secret, id, seconds }) {
    const hmac = createHmac("sha256", secret).update(`${id}.${seconds}`).digest("base64");
    return { "x-webhook-timestamp": `${seconds}`, "x-webhook-signature": hmac };
  },
};

const wish = JSON.parse(readFileSync(0, "utf8"));
const body = Buffer.from(wish.body ?? "", "base64");
process.stdout.write(JSON.stringify(VERBS[wish.do]({ ...wish, body })));
