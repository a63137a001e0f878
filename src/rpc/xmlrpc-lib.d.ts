/** The parts of the `xmlrpc` package that `codec.ts` uses; its published types cover only the whole client and server. */
declare module 'xmlrpc/lib/serializer.js' {
  const serializer: {
    serializeMethodCall(method: string, params: readonly unknown[]): string;
    serializeMethodResponse(result: unknown): string;
    serializeFault(fault: unknown): string;
  };
  export = serializer;
}

declare module 'xmlrpc/lib/customtype.js' {
  interface XmlElement {
    ele(name: string): XmlElement;
    /** As it stands: nothing is escaped, nothing refused. */
    raw(text: string): XmlElement;
  }
  class CustomType {
    raw: string;
    constructor(raw: string);
    serialize(xml: XmlElement): XmlElement;
  }
  export = CustomType;
}

declare module 'xmlrpc/lib/deserializer.js' {
  class Deserializer {
    parser: NodeJS.WritableStream;
    callback: ((error: Error | undefined, result: unknown[]) => void) | null;
    type: 'methodresponse' | 'methodcall' | null;
    responseType: 'params' | 'fault' | null;
    methodname: string | null;
    stack: unknown[];
    value: boolean;
    push(value: unknown): void;
    endBase64(data: string): void;
  }
  export = Deserializer;
}
