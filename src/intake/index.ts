export { type NormaliseParts, normaliseSubmission } from './normalise.ts'
export { type ReadForm, readForm } from './normalise-form.ts'
export { type RunningSmtp, type SmtpParts, startSmtp } from './smtp.ts'
export { type Addition, acceptAddition, acceptUpload, type Upload, type UploadParts } from './upload.ts'
