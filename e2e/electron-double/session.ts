import { written } from './record.ts';

type RequestHandler = (page: unknown, permission: string, answer: (isGranted: boolean) => void, details: object) => void;
type CheckHandler = (page: unknown, permission: string, origin: string, details: object) => boolean;

let onRequest: RequestHandler | undefined;
let onCheck: CheckHandler | undefined;
let onDevice: ((details: object) => boolean) | undefined;

const defaultSession = {
  setPermissionRequestHandler: (handler: RequestHandler | null): void => void (onRequest = handler ?? undefined),
  setPermissionCheckHandler: (handler: CheckHandler | null): void => void (onCheck = handler ?? undefined),
  setDevicePermissionHandler: (handler: ((details: object) => boolean) | null): void => void (onDevice = handler ?? undefined),
};

export const session = { defaultSession };

/** What Electron would decide when the page asks: the app's own handlers, and yes where there is none. */
export const askPermission = async (permission: string): Promise<boolean> => {
  const isAllowedBefore = onCheck?.(null, permission, 'page', {}) ?? true;
  const isGranted = onRequest ? await new Promise<boolean>((resolve) => onRequest?.(null, permission, resolve, {})) : true;
  const isDeviceAllowed = ['usb', 'hid', 'serial'].includes(permission) ? (onDevice?.({ deviceType: permission }) ?? false) : true;
  const answer = { permission, isGranted: isAllowedBefore && isGranted && isDeviceAllowed };
  written.permissions.push(answer);
  return answer.isGranted;
};
