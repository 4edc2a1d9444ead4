import { findings } from '../../../finding-words.ts';

/** TLS and the certificate of the target. */
export const certificate = () =>
  findings({
    'tls-failed': {
      what: ({ target }) => `${target} accepts connections but not a secure one.`,
      why: ({ tlsErrno }) => `The TLS handshake failed: ${tlsErrno}.`,
      steps: () => [
        `Try http:// instead of https://.`,
        `If the service is old, it may only speak outdated versions of TLS.`,
      ],
    },
    'certificate-self-signed': {
      what: ({ target }) => `${target} shows a certificate that it has signed itself.`,
      why: ({ subject }) =>
        `It is made out to “${subject}”. The connection works; programs that check certificates refuse it.`,
      steps: () => [
        `Tell the server to accept this certificate, if it has such a setting.`,
        `Node: NODE_EXTRA_CA_CERTS=file.pem. Python: SSL_CERT_FILE or REQUESTS_CA_BUNDLE.`,
      ],
    },
    'certificate-unknown': {
      what: ({ target }) => `${target} shows a certificate of an authority that is not known here.`,
      why: ({ issuer }) => `It was issued by “${issuer}”. Programs that check certificates refuse it.`,
      steps: () => [
        `Make the authority known: NODE_EXTRA_CA_CERTS=file.pem for Node, SSL_CERT_FILE for Python.`,
        `A company that inspects TLS hands out its authority.`,
      ],
    },
    'certificate-expired': {
      what: ({ target, validTo }) => `The certificate of ${target} expired on ${validTo}.`,
      why: ({ subject }) => `It is made out to “${subject}”. Programs that check certificates refuse it.`,
      steps: () => [`Renew the certificate on the device.`, `Check the date and time of this machine.`],
    },
    'certificate-early': {
      what: ({ target, validFrom }) => `The certificate of ${target} is only valid from ${validFrom}.`,
      why: () => `The clock of one of the two machines is wrong.`,
      steps: () => [`Check date and time on both.`],
    },
    'certificate-name': {
      what: ({ target }) => `The certificate of ${target} is for another name.`,
      why: ({ certificateNames, subject }) => `It is for ${certificateNames === '' ? subject : certificateNames}.`,
      steps: () => [`Use the name that the certificate is for.`],
    },
  });
